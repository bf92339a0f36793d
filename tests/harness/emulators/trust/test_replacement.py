"""CS02b and CS02g: who may replace what, which certificates are taken, and what follows."""

import pytest

from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CounterChange,
    CredentialStatus,
    Replacement,
    ReplacementMode,
    SpecialistFloor,
    SpecialistUsage,
    TimeChecks,
    TrustAnchorCell,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.cosem_data import BitString
from harness.codecs.message import Cra
from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.crypto.contingency import wrap_contingency_key
from harness.crypto.issuing import Authority, organisation_certificate, organisation_name
from harness.crypto.keys import derive_private_key
from harness.emulators.kinds import KINDS
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.gbcs.catalogue import use_cases
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Stimulus

ROOT, RECOVERY, SUPPLIER, OPERATOR, BROKER, TRANSITIONAL, WAN = list(RemotePartyRole)[:7]
LOAD_CONTROLLER = RemotePartyRole.LOAD_CONTROLLER
ESME, GSME, GPF, CHF = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF, DeviceRole.CHF
Mode, Status = ReplacementMode, CredentialStatus
SIGNING = BitString("000001")
SOON, NEVER = "20260203130000Z", "99991231235959Z"

# Mode, who authorises it, and whose cells it is about (GBCS 13.3.5); the others are for any role.
MODES = {
    Mode.SUPPLIER_BY_SUPPLIER: (SUPPLIER, SUPPLIER),
    Mode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR: (OPERATOR, OPERATOR),
    Mode.ACCESS_CONTROL_BROKER_BY_ACB: (BROKER, BROKER),
    Mode.WAN_PROVIDER_BY_WAN_PROVIDER: (WAN, WAN),
    Mode.TRANS_COS_BY_TRANS_COS: (TRANSITIONAL, TRANSITIONAL),
    Mode.SUPPLIER_BY_TRANS_COS: (TRANSITIONAL, SUPPLIER),
    Mode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER: (LOAD_CONTROLLER, LOAD_CONTROLLER),
}
CODES = {mode: 0x0100 + mode for mode in Mode} | {Mode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER: 0x0125}
TARGETS = {code: case.targets for case in use_cases() for code in case.message_codes}
ON_TARGETS = [
    pytest.param(mode, target, id=f"{mode.name}-{target.name}")
    for mode in MODES
    for target in sorted(TARGETS[CODES[mode]])
]


def taken(outcome):
    return [result.status for result in outcome.results]


def cells_for(trustee, role, party):
    """Certificates of a party for the cells of a role that the device has filled."""
    (details,) = trustee.held(role)
    made = []
    for one in details.cells:
        place = TrustAnchorCell(role, one.key_usage, one.cell_usage)
        if one.cell_usage is not None:
            made.append(Replacement(party.prepayment_certificate, place))
        else:
            der = party.ds_certificate if one.key_usage == DIGITAL_SIGNATURE else party.ka_certificate
            made.append(Replacement(der, place))
    return made


@pytest.mark.parametrize(("mode", "target"), ON_TARGETS)
def test_each_mode_on_each_target_puts_the_successor_in_place(make_trustee, mode, target):
    trustee = make_trustee(target)
    sender, role = trustee.pki.party(MODES[mode][0]), MODES[mode][1]
    successor = trustee.pki.party(role, 1)
    outcome = trustee.replace(sender, mode, cells_for(trustee, role, successor), new_floor=7)
    assert set(taken(outcome)) == {Status.SUCCESS}
    assert outcome.counter_changes == (CounterChange(role, 7, None),)
    assert {result.existing_subject_id for result in outcome.results} == {trustee.pki.party(role).entity_id}
    assert {result.replacing_subject_id for result in outcome.results} == {successor.entity_id}
    if role is BROKER:
        trustee.broker = successor
    (details,) = trustee.held(role)
    assert {one.subject_unique_id for one in details.cells} == {successor.entity_id}
    assert details.current_counter == 7


def replaced_on(code):
    """Each party that a device knows, on each target of a command."""
    return [
        pytest.param(role, target, id=f"{role.name}-{target.name}")
        for target in sorted(TARGETS[code])
        for role in sorted(KINDS[target].cells)
        if role is not ROOT
    ]


@pytest.mark.parametrize(("role", "target"), replaced_on(0x0108))
def test_recovery_replaces_any_party(make_trustee, role, target):
    trustee = make_trustee(target)
    successor = trustee.pki.party(role, 1)
    changes = {"new_floor": 3} | ({} if role is RECOVERY else {"other_changes": (CounterChange(role, 5),)})
    outcome = trustee.replace(
        trustee.pki.party(RECOVERY),
        Mode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY,
        cells_for(trustee, role, successor),
        **changes,
    )
    assert set(taken(outcome)) == {Status.SUCCESS}
    assert outcome.counter_changes == (CounterChange(RECOVERY, 3), *changes.get("other_changes", ()))
    if role is BROKER:
        trustee.broker = successor
    (details,) = trustee.held(role)
    assert {one.subject_unique_id for one in details.cells} == {successor.entity_id}
    assert details.current_counter == (3 if role is RECOVERY else 5)


def new_root(trustee, label=b"next"):
    """Another root, its certificate with a contingency key of its own, and one that the last root signed."""
    private = derive_private_key(label, "root")
    name = organisation_name(f"Root {label.decode()}", ROOT, None)
    root = Authority(name, private)
    contingency = derive_private_key(label, "contingency")
    wrapped = wrap_contingency_key(contingency.public_key(), label.ljust(16, b"\0"))
    public = private.public_key()
    own = organisation_certificate(root, public, KeyUsage.CERTIFICATE_SIGNING, name, wrapped)
    link = organisation_certificate(
        trustee.pki.organisation_root, public, KeyUsage.CERTIFICATE_SIGNING, name, wrapped
    )
    return root, own, link, contingency


ROOT_MODES = [
    (mode, sender, target)
    for mode, sender in (
        (Mode.ROOT_BY_SUPPLIER, SUPPLIER),
        (Mode.ROOT_BY_WAN_PROVIDER, WAN),
        (Mode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY, RECOVERY),
    )
    for target in sorted(TARGETS[CODES[mode]])
]


@pytest.mark.parametrize(("mode", "sender", "target"), ROOT_MODES)
def test_root_hands_over_to_the_next(make_trustee, mode, sender, target):
    trustee = make_trustee(target)
    _, own, link, _ = new_root(trustee)
    place = Replacement(own, TrustAnchorCell(ROOT, SIGNING))
    party = trustee.pki.party(sender)
    (alone,) = trustee.replace(party, mode, [place], path=()).results
    assert alone.status is Status.NO_TRUST_ANCHOR
    assert alone.replacing_key_id == alone.existing_key_id
    (vouched,) = trustee.replace(party, mode, [place], path=(link,)).results
    assert vouched.status is Status.SUCCESS
    assert vouched.existing_subject_id == vouched.replacing_subject_id == bytes(8)
    assert vouched.replacing_key_id == parse_certificate(own).subject_key_id


def test_after_a_new_root_certificates_of_the_old_one_count_for_nothing(make_trustee):
    trustee = make_trustee()
    supplier = trustee.pki.party(SUPPLIER)
    _, own, link, _ = new_root(trustee)
    trustee.replace(
        supplier, Mode.ROOT_BY_SUPPLIER, [Replacement(own, TrustAnchorCell(ROOT, SIGNING))], path=(link,)
    )
    outcome = trustee.replace(
        supplier, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(trustee.pki.party(SUPPLIER, 1))
    )
    assert set(taken(outcome)) == {Status.NO_TRUST_ANCHOR}
    assert outcome.counter_changes == ()


def under(root, party):
    """Makes certificates of a party that another root issued itself."""
    name = organisation_name("Successor", party.role, party.entity_id)

    def certificate(cell_):
        usage = KeyUsage.DIGITAL_SIGNATURE if cell_.key_usage == DIGITAL_SIGNATURE else KeyUsage.KEY_AGREEMENT
        public = party.ds_public if usage is KeyUsage.DIGITAL_SIGNATURE else party.ka_public
        return organisation_certificate(root, public, usage, name)

    return certificate


@pytest.mark.parametrize(("role", "target"), replaced_on(0x0109))
def test_contingency_replaces_any_party_with_the_root(make_trustee, role, target):
    trustee = make_trustee(target)
    root, own, _, _ = new_root(trustee)
    successor = trustee.pki.party(role, 1)
    certificate = under(root, successor)
    cells = [one.cell for one in cells_for(trustee, role, successor)]
    replacements = [
        Replacement(own, TrustAnchorCell(ROOT, SIGNING)),
        *(Replacement(certificate(cell_), cell_) for cell_ in cells),
    ]
    outcome = trustee.replace(
        trustee.pki.party(ROOT),
        Mode.ANY_BY_CONTINGENCY,
        replacements,
        signer=trustee.pki.contingency_private,
        path=(),
        plaintext_symmetric_key=trustee.pki.contingency_wrap_key,
        other_changes=(CounterChange(role, 40),),
    )
    assert set(taken(outcome)) == {Status.SUCCESS}
    if role is BROKER:
        trustee.broker = successor
    (details,) = trustee.held(role)
    assert {one.subject_unique_id for one in details.cells} == {successor.entity_id}
    assert details.current_counter == 40


@pytest.mark.parametrize("target", sorted(TARGETS[0x0109]))
def test_contingency_replaces_the_root_and_what_is_under_it(make_trustee, target):
    trustee = make_trustee(target)
    root, own, _, contingency = new_root(trustee)
    broker = trustee.pki.party(BROKER, 1)
    role = broker.role
    name = organisation_name("Broker", role, broker.entity_id)
    ka = organisation_certificate(root, broker.ka_public, KeyUsage.KEY_AGREEMENT, name)
    replacements = [
        # Out of order: the broker's certificate counts only once its root is in place.
        Replacement(ka, TrustAnchorCell(role, KEY_AGREEMENT)),
        Replacement(own, TrustAnchorCell(ROOT, SIGNING)),
    ]
    sender = trustee.pki.party(ROOT)
    rest = {"path": (), "plaintext_symmetric_key": trustee.pki.contingency_wrap_key}
    forged = trustee.replace(sender, Mode.ANY_BY_CONTINGENCY, replacements, signer=contingency, **rest)
    assert forged is False
    signer = trustee.pki.contingency_private
    wrong_key = {**rest, "plaintext_symmetric_key": bytes(16)}
    assert not trustee.replace(sender, Mode.ANY_BY_CONTINGENCY, replacements, signer=signer, **wrong_key)
    outcome = trustee.replace(sender, Mode.ANY_BY_CONTINGENCY, replacements, signer=signer, **rest)
    assert taken(outcome) == [Status.SUCCESS, Status.SUCCESS]
    trustee.broker = broker
    # From now on the next root's contingency key counts.
    again = [Replacement(own, TrustAnchorCell(ROOT, SIGNING))]
    assert not trustee.replace(sender, Mode.ANY_BY_CONTINGENCY, again, signer=signer, **rest)
    renewed = {"path": (), "plaintext_symmetric_key": b"next".ljust(16, b"\0")}
    assert trustee.replace(sender, Mode.ANY_BY_CONTINGENCY, again, signer=contingency, **renewed)


def _foreign(trustee, party):
    return {"path": ()}, party.ds_certificate, Status.NO_TRUST_ANCHOR


def _issuer_left_out(trustee, party):
    return {"path": (trustee.pki.root_certificate,)}, party.ds_certificate, Status.NO_TRUST_ANCHOR


def _forged_issuer(trustee, party):
    """An authority of the right name, whose key is another, under the root's name."""
    real = trustee.pki.organisation_issuer
    other = Authority(real.name, derive_private_key(b"forger", "issuer"))
    pretended = Authority(trustee.pki.organisation_root.name, derive_private_key(b"forger", "root"))
    issuer = organisation_certificate(
        pretended, other.private_key.public_key(), KeyUsage.CERTIFICATE_SIGNING, real.name
    )
    name = organisation_name("Forged", party.role, party.entity_id)
    der = organisation_certificate(other, party.ds_public, KeyUsage.DIGITAL_SIGNATURE, name)
    return {"path": (issuer,)}, der, Status.NO_TRUST_ANCHOR


def _wrong_role(trustee, party):
    name = organisation_name("Operator", OPERATOR, party.entity_id)
    issuer = trustee.pki.organisation_issuer
    return {}, organisation_certificate(issuer, party.ds_public, KeyUsage.DIGITAL_SIGNATURE, name), None


def _wrong_use(trustee, party):
    return {}, party.ka_certificate, None


def _device_certificate(trustee, _party):
    return {}, trustee.device.ds_certificate, None


def _spoilt_signature(_trustee, party):
    der = bytearray(party.ds_certificate)
    der[-1] ^= 1
    return {}, bytes(der), None


def _no_certificate(_trustee, _party):
    return {}, b"\x30\x03\x02\x01\x05", None


def _party_as_issuer(trustee, party):
    """Issued by somebody who may only sign messages."""
    other = trustee.pki.party(OPERATOR)
    subject = parse_certificate(other.ds_certificate).subject
    name = organisation_name("Issued", party.role, party.entity_id)
    der = organisation_certificate(
        Authority(subject, other.ds_private), party.ds_public, KeyUsage.DIGITAL_SIGNATURE, name
    )
    return {"path": (other.ds_certificate, trustee.pki.issuing_certificate)}, der, None


FAULTS = [
    _foreign,
    _issuer_left_out,
    _forged_issuer,
    _wrong_role,
    _wrong_use,
    _device_certificate,
    _spoilt_signature,
    _no_certificate,
    _party_as_issuer,
]


@pytest.mark.parametrize("target", [ESME, GSME, GPF])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_certificate_with_a_fault_leaves_its_cell_and_only_that(make_trustee, fault, target):
    trustee = make_trustee(target)
    supplier, successor = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    rest, der, status = fault(trustee, successor)
    path = (*rest.get("path", ()), trustee.pki.issuing_certificate)
    if fault in {_foreign, _issuer_left_out, _forged_issuer}:
        path = rest["path"]
    signing, agreeing = trustee.both(successor)
    outcome = trustee.replace(
        supplier,
        Mode.SUPPLIER_BY_SUPPLIER,
        [Replacement(der, signing.cell), agreeing],
        path=path,
        new_floor=50,
    )
    first, second = outcome.results
    assert first.status is (status or Status.BAD_CERTIFICATE)
    assert (first.replacing_subject_id, first.replacing_key_id) == (supplier.entity_id, first.existing_key_id)
    if status is None:
        assert second.status is Status.SUCCESS
        assert outcome.counter_changes == (CounterChange(SUPPLIER, 50, None),)
    else:
        # Without a path neither has one.
        assert second.status is Status.NO_TRUST_ANCHOR
        assert outcome.counter_changes == ()
    (details,) = trustee.held(SUPPLIER)
    assert details.cells[0].subject_unique_id == supplier.entity_id
    assert details.cells[1].subject_unique_id == (successor if status is None else supplier).entity_id


def test_cell_that_the_device_does_not_have(make_trustee):
    trustee = make_trustee(DeviceRole.PPMID)
    operator = trustee.pki.party(OPERATOR)
    outcome = trustee.replace(
        trustee.pki.party(RECOVERY), Mode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY, trustee.both(operator)
    )
    assert set(taken(outcome)) == {Status.TRUST_ANCHOR_NOT_FOUND}
    assert {result.existing_key_id for result in outcome.results} == {b""}


REFUSED = {
    "mode of another use case": {"mode": Mode.SUPPLIER_BY_TRANS_COS, "code": Mode.SUPPLIER_BY_SUPPLIER},
    "another party's cells": {"replaces": OPERATOR},
    "a cell twice": {"twice": True},
    "nothing to replace": {"nothing": True},
    "counter of another message": {"counter": 99},
    "no time": {"time": "20261341000000Z"},
    "authorised by another": {"authorising_cell": TrustAnchorCell(OPERATOR, DIGITAL_SIGNATURE)},
    "authorised by another use": {"authorising_cell": TrustAnchorCell(SUPPLIER, KEY_AGREEMENT)},
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_command_that_contradicts_itself_is_not_answered(make_trustee, case):
    trustee = make_trustee()
    supplier = trustee.pki.party(SUPPLIER)
    mode = case.get("mode", Mode.SUPPLIER_BY_SUPPLIER)
    replacements = trustee.both(trustee.pki.party(case.get("replaces", SUPPLIER), 1))
    if case.get("twice"):
        replacements = (replacements[0], replacements[0])
    if case.get("nothing"):
        replacements = ()
    control = {key: case[key] for key in ("time", "authorising_cell") if key in case}
    request = trustee.request(mode, replacements, case.get("counter", 5), **control)
    sent = {"signer": supplier.ds_private, "counter": 5}
    code = CODES[case.get("code", mode)]
    assert trustee.ask(code, encode_asn1(request), supplier, **sent) is None
    (details,) = trustee.held(SUPPLIER)
    assert {one.subject_unique_id for one in details.cells} == {supplier.entity_id}


def test_old_supplier_is_a_stranger_and_the_new_one_counts_from_the_floor(make_trustee):
    trustee = make_trustee()
    old, new = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    change = trustee.pki.party(TRANSITIONAL)
    floors = (SpecialistFloor(SpecialistUsage.PREPAYMENT_TOP_UP, 0),)
    outcome = trustee.replace(
        change, Mode.SUPPLIER_BY_TRANS_COS, trustee.both(new), new_floor=100, new_specialist_floors=floors
    )
    assert outcome.counter_changes == (CounterChange(SUPPLIER, 100, floors),)
    back = trustee.both(old)
    assert trustee.replace(old, Mode.SUPPLIER_BY_SUPPLIER, back, counter=5_000) is False
    assert trustee.replace(new, Mode.SUPPLIER_BY_SUPPLIER, back, counter=100) is False
    assert set(taken(trustee.replace(new, Mode.SUPPLIER_BY_SUPPLIER, back, counter=101))) == {Status.SUCCESS}


def test_successor_without_a_floor_goes_on_where_the_last_one_stood(make_trustee):
    trustee = make_trustee()
    old, new = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    trustee.replace(old, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(new), counter=40)
    assert trustee.replace(new, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(old), counter=40) is False
    assert trustee.replace(new, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(old), counter=41)


def test_broker_keeps_the_places_of_parties_to_come(make_trustee):
    trustee = make_trustee(GPF)
    operator, broker = trustee.pki.party(OPERATOR), trustee.pki.party(BROKER)
    mode = Mode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR
    assert set(taken(trustee.replace(operator, mode, trustee.both(broker, OPERATOR)))) == {Status.SUCCESS}
    successor = trustee.pki.party(OPERATOR, 1)
    outcome = trustee.replace(broker, mode, trustee.both(successor), counter=2_000)
    assert set(taken(outcome)) == {Status.SUCCESS}
    assert trustee.replace(broker, mode, trustee.both(operator), counter=2_001) is False


@pytest.mark.parametrize(
    "mode", [Mode.WAN_PROVIDER_BY_WAN_PROVIDER, Mode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY]
)
def test_gas_proxy_takes_a_root_from_the_provider_that_the_hub_knows(make_trustee, mode):
    trustee = make_trustee(CHF)
    old, new = trustee.pki.party(WAN), trustee.pki.party(WAN, 1)
    by_recovery = mode is Mode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY
    sender = trustee.pki.party(RECOVERY) if by_recovery else old
    floor = {"other_changes": (CounterChange(WAN, 70),)} if by_recovery else {"new_floor": 70}
    assert set(taken(trustee.replace(sender, mode, trustee.both(new), **floor))) == {Status.SUCCESS}
    trustee.target, trustee.device = GPF, trustee.tester.device(GPF)
    (details,) = trustee.held(WAN)
    assert {one.subject_unique_id for one in details.cells} == {new.entity_id}
    assert details.current_counter == 70
    _, own, link, _ = new_root(trustee)
    place = [Replacement(own, TrustAnchorCell(ROOT, SIGNING))]
    root = Mode.ROOT_BY_WAN_PROVIDER
    assert trustee.replace(old, root, place, path=(link,), counter=900) is False
    assert trustee.replace(new, root, place, path=(link,), counter=70) is False
    assert taken(trustee.replace(new, root, place, path=(link,), counter=71)) == [Status.SUCCESS]


def test_gas_proxy_keeps_its_provider_where_the_hub_does(make_trustee):
    trustee = make_trustee(CHF)
    provider = trustee.pki.party(WAN)
    outcome = trustee.replace(
        provider, Mode.WAN_PROVIDER_BY_WAN_PROVIDER, trustee.both(trustee.pki.party(WAN, 1)), path=()
    )
    assert set(taken(outcome)) == {Status.NO_TRUST_ANCHOR}
    trustee.target, trustee.device = GPF, trustee.tester.device(GPF)
    assert {one.subject_unique_id for one in trustee.held(WAN)[0].cells} == {provider.entity_id}


def test_validity_counts_only_where_it_is_asked_for(make_trustee):
    trustee = make_trustee()
    supplier, successor = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    # Certificates of a run end with 2049: by then the device's clock shows 2050.
    trustee.tester.home.wait(Duration(24 * 365 * 24 * HOUR))
    replacements = trustee.both(successor)
    late = trustee.replace(supplier, Mode.SUPPLIER_BY_SUPPLIER, replacements)
    assert set(taken(late)) == {Status.BAD_CERTIFICATE}
    rest = {"time_checks": TimeChecks.DISAPPLY}
    assert set(taken(trustee.replace(supplier, Mode.SUPPLIER_BY_SUPPLIER, replacements, **rest))) == {
        Status.SUCCESS
    }


def test_validity_does_not_count_by_a_clock_that_is_not_to_be_relied_on(make_trustee):
    trustee = make_trustee()
    supplier, successor = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    clock = trustee.tester.home._reached(ESME).part(Clock)
    clock.offset, clock.status = 24 * 365 * 24 * HOUR, TimeStatus.UNRELIABLE
    outcome = trustee.replace(supplier, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(successor))
    assert set(taken(outcome)) == {Status.SUCCESS}


@pytest.mark.parametrize(("role", "status"), [(SUPPLIER, Status.SUCCESS), (OPERATOR, Status.BAD_CERTIFICATE)])
def test_supplier_may_control_load_and_a_network_operator_may_not(make_trustee, role, status):
    trustee = make_trustee()
    sender, other = trustee.pki.party(LOAD_CONTROLLER), trustee.pki.party(role)
    replacements = trustee.both(other, LOAD_CONTROLLER)
    outcome = trustee.replace(sender, Mode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER, replacements, new_floor=9)
    assert set(taken(outcome)) == {status}
    (details,) = trustee.held(LOAD_CONTROLLER)
    # Nobody took over where no cell was replaced: the sender goes on from its own counter.
    assert details.current_counter == (9 if status is Status.SUCCESS else 1)


@pytest.mark.parametrize("mode", [Mode.SUPPLIER_BY_SUPPLIER, Mode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER])
def test_replacement_that_was_put_off_is_told_of(make_trustee, mode):
    trustee = make_trustee()
    role = MODES[mode][0]
    sender, successor = trustee.pki.party(role), trustee.pki.party(role, 1)
    assert trustee.replace(sender, mode, trustee.both(successor), time=SOON, counter=3, new_floor=0) is None
    assert trustee.held(role)[0].cells[0].subject_unique_id == sender.entity_id
    trustee.tester.home.operate(ESME, Stimulus.RESTART)
    (message,) = trustee.tester.alerts(Duration(2 * HOUR))
    assert message.message_code == (0x00CB if mode is Mode.SUPPLIER_BY_SUPPLIER else 0x0124)
    assert message.recipient == sender.entity_id
    alert = decode_asn1(message.message_code, Cra.ALERT, message.payload)
    assert (alert.alert_code, alert.time) == (0x8F66, SOON)
    assert (alert.outcome.authorising_counter, alert.outcome.mode) == (3, mode)
    assert trustee.held(role)[0].cells[0].subject_unique_id == successor.entity_id


def test_failed_replacement_that_was_put_off_is_told_of(make_trustee):
    trustee = make_trustee()
    supplier, successor = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    rest = {"time": SOON, "path": ()}
    assert trustee.replace(supplier, Mode.SUPPLIER_BY_SUPPLIER, trustee.both(successor), **rest) is None
    (message,) = trustee.tester.alerts(Duration(2 * HOUR))
    alert = decode_asn1(message.message_code, Cra.ALERT, message.payload)
    assert alert.alert_code == 0x8F67
    assert set(taken(alert.outcome)) == {Status.NO_TRUST_ANCHOR}


def test_cancelled_replacement_does_not_happen(make_trustee):
    trustee = make_trustee()
    supplier, successor = trustee.pki.party(SUPPLIER), trustee.pki.party(SUPPLIER, 1)
    for time in (SOON, NEVER):
        mode = Mode.SUPPLIER_BY_SUPPLIER
        assert trustee.replace(supplier, mode, trustee.both(successor), time=time) is None
    assert trustee.tester.alerts(Duration(2 * HOUR)) == []
    assert trustee.held(SUPPLIER)[0].cells[0].subject_unique_id == supplier.entity_id
