"""``harness serve``: an emulated home for other testers, over TCP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.exits import Exit

if TYPE_CHECKING:
    from harness.execution.named_homes import NamedHome
    from harness.transports.streams import TcpListener


@click.command("serve")
@click.argument("profile", required=False)
@click.option("--home", metavar="KIND=PROFILE,…", help="A whole home, as pairs or as a file of such pairs.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 0xFFFF), default=4059, show_default=True, help="0 takes a free one."
)
@click.option(
    "--framing",
    type=click.Choice(["wrapper", "gfi"]),
    default="wrapper",
    show_default=True,
    help="The DLMS wrapper, or GFI's lines of text.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="How many times faster than the wall's time the home's runs.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Decides keys and loads.  [default: 1]")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("served"),
    show_default=True,
    help="Folder for the install record and the certificates.",
)
@click.option("--connections", type=click.IntRange(1), help="End after so many.  [default: never]")
def command(*, profile: str | None, home: str | None, host: str, port: int, **choice: Any) -> Exit:
    """Let others test an emulated device, or a whole home with --home.

    PROFILE is the key of a built-in profile or model, or a profile file; the device stands among built-in
    ones that it needs. Each connection is a fresh home that was just installed. The install record says
    who the devices are and how to reach them: harness run --installed, and harness replay --installed,
    take it. Ctrl-C ends it. Anybody who can reach the port can use it: it is for a laboratory.
    """
    from harness.transports.errors import TransportError  # noqa: PLC0415 - "--help" needs no devices
    from harness.transports.streams import TcpListener  # noqa: PLC0415 - as above

    named = _named(profile, home)
    try:
        listener = TcpListener(host, port)
    except TransportError as error:
        raise click.ClickException(str(error)) from None
    try:
        _serve(named, listener, **choice)
    except KeyboardInterrupt:  # how a person ends it
        click.echo("stopped", err=True)
    finally:
        listener.close()
    return Exit.DONE


def _named(profile: str | None, home: str | None) -> NamedHome:
    from harness.execution.named_homes import home_of, homes_around  # noqa: PLC0415 - as above

    if (profile is None) == (home is None):
        raise click.UsageError("expected a PROFILE, or a home with --home")
    return home_of(home) if home is not None else list(homes_around(profile or ""))[-1]


def _serve(  # noqa: PLR0913 - one for each option
    named: NamedHome,
    listener: TcpListener,
    *,
    framing: str,
    speed: float,
    seed: int | None,
    out: Path,
    connections: int | None,
) -> None:
    from harness.cases.applicability import KIND_OF  # noqa: PLC0415 - as above
    from harness.cli.selection import DEFAULT_SEED  # noqa: PLC0415 - as above
    from harness.emulators.home import HomeFactory  # noqa: PLC0415 - as above
    from harness.execution.install_record import InstallRecord, write_install_record  # noqa: PLC0415 - as above
    from harness.execution.perform import seed_octets  # noqa: PLC0415 - as above
    from harness.transports.errors import TransportError  # noqa: PLC0415 - as above
    from harness.transports.link import Framing, MessageLink  # noqa: PLC0415 - as above
    from harness.transports.pace import Running  # noqa: PLC0415 - as above
    from harness.transports.serving import ServedHome  # noqa: PLC0415 - as above

    number = DEFAULT_SEED if seed is None else seed
    factory = HomeFactory(seed_octets(number))
    line = next((role for role, kind in KIND_OF.items() if kind is named.focus), None)
    host, port = listener.address
    record = InstallRecord(
        named.name,
        named.profile,
        dict(factory.build(named.profile).devices),
        f"tcp://{host}:{port}",
        Framing(framing),
        number,
        "",
        line,
        framing == "wrapper",
        factory.start,
        speed,
    )
    click.echo(f"listening at {record.link}; install record: {write_install_record(out, record)}")
    served = 0
    while connections is None or served < connections:
        stream = listener.accept()
        if stream is None:
            continue
        served += 1
        home, link = factory.build(named.profile), MessageLink(stream, record.framing)
        try:
            ServedHome(home, link, Running(factory.start, speed), line=line).serve()
        except TransportError as error:
            click.echo(f"connection {served} ended: {error}", err=True)
        finally:
            link.close()
