"""``harness parties`` writes a key store that others read."""

from pathlib import Path

from click.testing import CliRunner

from harness.cli import command
from harness.crypto.certificates import certificate_from_pem, check_issued_by
from harness.crypto.keystore import KeyStore, KeyUse
from harness.crypto.pki import SeededPki
from harness.execution.perform import seed_octets
from harness.gbcs.roles import RemotePartyRole


def test_the_parties_are_those_of_a_run(tmp_path: Path) -> None:
    written = CliRunner().invoke(command, ["parties", str(tmp_path), "--seed", "5"], standalone_mode=False)
    assert written.exit_code == 0
    keys, pki = KeyStore.open(tmp_path), SeededPki(seed_octets(5))
    issuing = certificate_from_pem((tmp_path / "issuing.pem").read_bytes())
    check_issued_by(issuing, certificate_from_pem((tmp_path / "root.pem").read_bytes()))
    for role in (RemotePartyRole.SUPPLIER, RemotePartyRole.ACCESS_CONTROL_BROKER):
        party = pki.party(role)
        assert f"{party.entity_id.hex()}  {role.name.lower()}" in written.output
        assert keys.role_of(party.entity_id) is role
        for use, private in (
            (KeyUse.DIGITAL_SIGNATURE, party.ds_private),
            (KeyUse.KEY_AGREEMENT, party.ka_private),
        ):
            certificate, held = keys.certificate(party.entity_id, use), keys.private_key(party.entity_id, use)
            assert certificate is not None
            assert held is not None
            check_issued_by(certificate, issuing)
            assert held.private_numbers() == private.private_numbers()
