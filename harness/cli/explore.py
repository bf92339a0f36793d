"""``harness explore``: sequences of good and bad commands to a device, until something does not hold."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from device_profiles.errors import InputError, InputProblem
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from harness.execution.exploration import Broken, Explorer

_FORM = "harness exploration 1"


@click.command("explore")
@click.argument("profile")
@click.option("--sequences", type=click.IntRange(1), default=200, show_default=True, help="Sequences to try.")
@click.option(
    "--longest", type=click.IntRange(1), default=20, show_default=True, help="Steps in one at most."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sequences, keys and loads.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write what is found to this file."
)
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Play the sequence in this file instead of looking for one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(  # noqa: PLR0913, PLR0917 - each is an option
    profile: str,
    sequences: int,
    longest: int,
    seed: int,
    save: Path | None,
    replay: Path | None,
    *,
    as_json: bool,
) -> Exit:
    """Explore PROFILE: a profile's key, a model's key, or a profile file.

    Sequences of valid, spoilt, replayed and unauthorised commands go to the device, which is put among
    sound ones. After each command this has to hold: a good one is answered once, a bad one not at all
    and without effect, reading changes nothing, failed authentication is reported, the device's own
    counters go up, a top-up is worth what it says, and every refusal is logged. A sequence that breaks one
    of these is made as short as it can be.

    Exit code 0 if everything holds, 1 if not.
    """
    found, tried = [], []
    for name, explorer in _explorers(profile, seed):
        if replay is None:
            broken = explorer.explore(seed=seed, sequences=sequences, longest=longest)
            tried.append(f"{name}: {sequences:,} sequences of up to {longest} commands")
        else:
            broken = _replayed(explorer, replay, name)
            tried.append(f"{name}: the sequences of {replay}")
        if broken is not None:
            found.append((name, broken))
    content = {"form": _FORM, "seed": seed, "broken": [_described(name, broken) for name, broken in found]}
    if save is not None:
        save.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(content, indent=1))
    else:
        for line in _lines(found, profile, ", ".join(tried), save):
            click.echo(line)
    return Exit.GATE_FAILED if found else Exit.DONE


def _explorers(profile: str, seed: int) -> Iterator[tuple[str, Explorer]]:
    # "--help" needs none of this.
    from harness.emulators.home import HomeFactory  # noqa: PLC0415 - see above
    from harness.emulators.statement import statements_of  # noqa: PLC0415 - see above
    from harness.execution.exploration import Explorer  # noqa: PLC0415 - see above
    from harness.execution.named_homes import homes_around  # noqa: PLC0415 - see above
    from harness.execution.perform import seed_octets  # noqa: PLC0415 - see above

    factory = HomeFactory(seed_octets(seed))
    for home in homes_around(profile):
        if home.focus is None:
            continue
        for statement in statements_of(home.profile.devices[home.focus]):
            if statement.commands:
                yield f"{home.name} as {statement.role.name}", Explorer(factory, home.profile, statement)


def _replayed(explorer: Explorer, file: Path, name: str) -> Broken | None:
    from harness.execution.exploration import Broken, steps_from  # noqa: PLC0415 - see _explorers

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        broken = {_FORM: document["broken"]}[document["form"]]
        sequences = [steps_from(entry["steps"]) for entry in broken if entry["device"] == name]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            [InputProblem(str(file), 0, 0, "", f"expected what --save wrote: {error}")]
        ) from None
    for steps in sequences:
        violation = explorer.play(steps)
        if violation is not None:
            return Broken(steps, violation)
    return None


def _described(name: str, broken: Broken) -> dict[str, Any]:
    from harness.execution.exploration import steps_json  # noqa: PLC0415 - see _explorers

    return {
        "device": name,
        "step": broken.violation.step,
        "invariant": broken.violation.invariant,
        "observed": broken.violation.observed,
        "steps": steps_json(broken.steps),
    }


def _lines(found: list[tuple[str, Broken]], profile: str, tried: str, save: Path | None) -> Iterator[str]:
    for name, broken in found:
        yield f"{name}: not held: {broken.violation.invariant}; observed {broken.violation.observed}"
        for number, step in enumerate(broken.steps, 1):
            wait = f", {step.minutes} min later" if step.minutes else ""
            fault = "" if step.fault == "none" else f", {step.fault}"
            yield f"  {number}. {step.use_case} from {step.role.name.lower()}{fault}{wait}"
    if not found:
        yield f"everything held: {tried}"
    elif save is not None:
        yield f"to play it again: harness explore {shlex.quote(profile)} --replay {shlex.quote(str(save))}"
