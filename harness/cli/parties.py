"""``harness parties``: whom devices under test have to trust."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.exits import Exit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


@click.command("parties")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Of the test PKI.  [default: 1]")
def command(*, folder: Path, seed: int | None) -> Exit:
    """Write the test's remote parties into FOLDER, as a key store.

    Certificates (.pem) are what a device under test has to be given; private keys (.key) are what other
    tools need to speak for the parties. The same seed always makes the same keys: they are no secret, and
    for a laboratory alone.
    """
    from harness.cli.selection import DEFAULT_SEED  # noqa: PLC0415 - "--help" needs no keys
    from harness.crypto.certificates import pem_of  # noqa: PLC0415 - as above
    from harness.crypto.keystore import KeyUse  # noqa: PLC0415 - as above
    from harness.crypto.pki import SeededPki  # noqa: PLC0415 - as above
    from harness.execution.perform import seed_octets  # noqa: PLC0415 - as above
    from harness.gbcs.roles import RemotePartyRole  # noqa: PLC0415 - as above

    pki = SeededPki(seed_octets(DEFAULT_SEED if seed is None else seed))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_bytes(pem_of(pki.root_certificate))
    (folder / "issuing.pem").write_bytes(pem_of(pki.issuing_certificate))
    for role in RemotePartyRole:
        if role in {RemotePartyRole.ROOT, RemotePartyRole.ISSUING_AUTHORITY}:
            continue
        party = pki.party(role)
        held = [
            (KeyUse.DIGITAL_SIGNATURE, party.ds_certificate, party.ds_private),
            (KeyUse.KEY_AGREEMENT, party.ka_certificate, party.ka_private),
            (KeyUse.PREPAYMENT_KEY_AGREEMENT, party.prepayment_certificate, party.prepayment_private),
        ]
        for use, certificate, private in held:
            if certificate is None or private is None:
                continue
            path = folder / f"{party.entity_id.hex()}-{use}.pem"
            path.write_bytes(pem_of(certificate))
            path.with_suffix(".key").write_bytes(_pem(private))
        click.echo(f"{party.entity_id.hex()}  {role.name.lower()}")
    return Exit.DONE


def _pem(private: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above

    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
