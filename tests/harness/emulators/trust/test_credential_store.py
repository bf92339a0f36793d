"""The credential store against a small model of the rules, over what the device says on the wire.

The rules, from GBCS 13.3: the party in the digital signature cell of a role replaces its own role's
credentials, the change-of-supplier party the supplier's too, and recovery anybody's. A cell takes a
certificate of its role and its use that the root is above, each for itself. A command counts only if
its counter is above those of its sender's role, and a new floor takes the place of that counter.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CredentialStatus,
    Replacement,
    ReplacementMode,
    TrustAnchorCell,
)
from harness.crypto.certificates import KeyUsage
from harness.crypto.issuing import Authority, organisation_certificate, organisation_name
from harness.crypto.keys import derive_private_key
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Stimulus

SUPPLIER, OPERATOR = RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR
CHANGE, RECOVERY = RemotePartyRole.TRANSITIONAL_COS, RemotePartyRole.RECOVERY
MODES = {
    ReplacementMode.SUPPLIER_BY_SUPPLIER: (SUPPLIER, SUPPLIER),
    ReplacementMode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR: (OPERATOR, OPERATOR),
    ReplacementMode.SUPPLIER_BY_TRANS_COS: (CHANGE, SUPPLIER),
    ReplacementMode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY: (RECOVERY, OPERATOR),
}
FLOOR_OF = {
    ReplacementMode.SUPPLIER_BY_SUPPLIER: SUPPLIER,
    ReplacementMode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR: OPERATOR,
    ReplacementMode.SUPPLIER_BY_TRANS_COS: SUPPLIER,
    ReplacementMode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY: RECOVERY,
}
USES = (DIGITAL_SIGNATURE, KEY_AGREEMENT)
FAULTS = ("none", "none", "none", "foreign", "role", "use")
STRANGER = Authority(b"", derive_private_key(b"stranger", "issuer"))


class CredentialMachine(RuleBasedStateMachine):
    """Replacements by anybody, with good certificates and bad, and restarts between them."""

    make = None  # given by the test

    @initialize()
    def begin(self):
        self.trustee = self.make()
        self.holders = {(role, use): 0 for role in (SUPPLIER, OPERATOR) for use in USES}
        self.holders[CHANGE, DIGITAL_SIGNATURE] = self.holders[RECOVERY, DIGITAL_SIGNATURE] = 0
        self.floors = dict.fromkeys((SUPPLIER, OPERATOR, CHANGE, RECOVERY), 0)

    def certificate(self, role, index, use, fault):
        pki = self.trustee.pki
        party = pki.party(role, index)
        usage = KeyUsage.DIGITAL_SIGNATURE if use == DIGITAL_SIGNATURE else KeyUsage.KEY_AGREEMENT
        public = party.ds_public if use == DIGITAL_SIGNATURE else party.ka_public
        issuer = pki.organisation_issuer
        if fault == "foreign":
            issuer = Authority(authority_name(), STRANGER.private_key)
        if fault == "role":
            role = RemotePartyRole.WAN_PROVIDER
        if fault == "use":
            others = {
                KeyUsage.DIGITAL_SIGNATURE: KeyUsage.KEY_AGREEMENT,
                KeyUsage.KEY_AGREEMENT: KeyUsage.DIGITAL_SIGNATURE,
            }
            usage = others[usage]
        name = organisation_name("Model", role, party.entity_id)
        return organisation_certificate(issuer, public, usage, name)

    @rule(
        mode=st.sampled_from(sorted(MODES)),
        sender=st.sampled_from((0, 0, 1)),
        successor=st.sampled_from((0, 1)),
        faults=st.tuples(st.sampled_from(FAULTS), st.sampled_from(FAULTS)),
        step=st.sampled_from((-1, 0, 1, 1, 1, 5)),
        floor=st.none() | st.integers(0, 6),
    )
    def replace(self, *, mode, sender, successor, faults, step, floor):
        authority, role = MODES[mode]
        party = self.trustee.pki.party(authority, sender)
        counter = max(1, self.floors[authority] + step)
        replacements = [
            Replacement(self.certificate(role, successor, use, fault), TrustAnchorCell(role, use))
            for use, fault in zip(USES, faults, strict=True)
        ]
        outcome = self.trustee.replace(party, mode, replacements, counter=counter, new_floor=floor)
        known = self.holders[authority, DIGITAL_SIGNATURE] == sender
        accepted = known and counter > self.floors[authority]
        assert bool(outcome) == accepted
        if not accepted:
            return
        self.floors[authority] = counter
        wanted = {"none": CredentialStatus.SUCCESS, "foreign": CredentialStatus.NO_TRUST_ANCHOR}
        statuses = [wanted.get(fault, CredentialStatus.BAD_CERTIFICATE) for fault in faults]
        assert [result.status for result in outcome.results] == statuses
        for use, status in zip(USES, statuses, strict=True):
            if status is CredentialStatus.SUCCESS:
                self.holders[role, use] = successor
        if floor is not None and CredentialStatus.SUCCESS in statuses:
            self.floors[FLOOR_OF[mode]] = floor

    @rule()
    def restart(self):
        self.trustee.tester.home.operate(DeviceRole.ESME, Stimulus.RESTART)

    @invariant()
    def device_says_what_the_model_holds(self):
        roles = (SUPPLIER, OPERATOR, CHANGE, RECOVERY)
        for details in self.trustee.held(*roles):
            assert details.current_counter == self.floors[details.role]
            for one in details.cells:
                if one.cell_usage is None:
                    index = self.holders[details.role, one.key_usage]
                    expected = self.trustee.pki.party(details.role, index).entity_id
                    assert one.subject_unique_id == expected


def authority_name():
    return organisation_name("Stranger", RemotePartyRole.ISSUING_AUTHORITY, None)


def test_credential_store_follows_the_rules(make_trustee):
    machine = type("Machine", (CredentialMachine,), {"make": staticmethod(make_trustee)})
    case = machine.TestCase
    case.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
    case("runTest").runTest()
