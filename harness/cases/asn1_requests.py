"""ASN.1 payloads of commands about credentials, joining, firmware and the gas meter's clock (GBCS 13, 11.3).

What a payload says of others than its own sender and device comes with the order: certificates, roles,
devices. A table leads from each use case to the function that puts it together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.cosem_values import CLOCK_EARLIEST
from harness.cases.terms import AT_ONCE, Terms, execution_time, generalized
from harness.codecs.asn1.credentials import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    CredentialsRequest,
    DeviceCertificate,
    KeyUsageRequest,
    ReplaceCredentials,
    Replacement,
    ReplacementControl,
    ReplacementMode,
    SpecialistFloor,
    SpecialistUsage,
    TrustAnchorCell,
)
from harness.codecs.asn1.firmware import ActivateFirmware, ReadFirmwareVersion, SetGasClock
from harness.codecs.asn1.joining import (
    DeviceLogEntry,
    Join,
    JoinMethod,
    ReadDeviceLog,
    RestoreDeviceLog,
    Unjoin,
)
from harness.codecs.cosem_data import BitString
from harness.gbcs.roles import DeviceType, RemotePartyRole
from harness.network.clock import HOUR, Instant

if TYPE_CHECKING:
    from harness.cases.command import Order
    from harness.codecs.payload import Payload
    from harness.gbcs.use_case import UseCase


@dataclass(frozen=True, slots=True)
class Renewal:
    """Certificates for a device's cells, the authorities between them and the root, and when they count.

    ``symmetric_key`` opens the key of last resort in the root's certificate (16 octets), where that signs.
    ``floor`` is what a party that takes over counts from: its counters must be above.
    """

    replacements: tuple[Replacement, ...]
    path: tuple[bytes, ...]
    terms: Terms = AT_ONCE
    symmetric_key: bytes | None = None
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Activation:
    """The hash of the image that is activated (SHA-256), and when."""

    image_hash: bytes
    terms: Terms = AT_ONCE


@dataclass(frozen=True, slots=True)
class Partner:
    """A device to join or to part from; its certificate (DER) where the method has it checked."""

    entity_id: bytes
    device_type: DeviceType
    certificate: bytes | None = None


def asn1_request(row: UseCase, order: Order) -> Payload:
    """The payload that an order asks for. Raises TypeError where its argument is not what that takes."""
    mode = _MODES.get(row.id)
    if mode is not None:
        return _replace_credentials(mode, order)
    return _MAKERS[row.id](row, order)


def roles_in(argument: object) -> tuple[RemotePartyRole, ...]:
    """The roles that an order for credentials is about."""
    if not isinstance(argument, tuple):
        raise TypeError("reading credentials needs the roles that are asked for")
    return argument


def _replace_credentials(mode: ReplacementMode, order: Order) -> Payload:
    renewal = order.argument
    if not isinstance(renewal, Renewal):
        raise TypeError("replacing credentials needs certificates")
    with_prepayment = any(one.cell.cell_usage is not None for one in renewal.replacements)
    control = ReplacementControl(
        mode=mode,
        authorising_counter=order.counter,
        plaintext_symmetric_key=renewal.symmetric_key,
        authorising_cell=_authorising(order.role),
        new_floor=renewal.floor if mode in _WITH_NEW_PARTY else None,
        new_specialist_floors=(_NO_TOP_UP_YET,) if with_prepayment else None,
    )
    return ReplaceCredentials(control, renewal.replacements, renewal.path, execution_time(renewal.terms))


def _authorising(role: RemotePartyRole) -> TrustAnchorCell | None:
    """Where a device holds what a replacement is signed with; the broker does not sign."""
    if role is RemotePartyRole.ACCESS_CONTROL_BROKER:
        return None
    is_root = role is RemotePartyRole.ROOT
    return TrustAnchorCell(role, CERTIFICATE_SIGNING if is_root else DIGITAL_SIGNATURE)


def _credentials_request(row: UseCase, order: Order) -> Payload:
    usage = DIGITAL_SIGNATURE if order.role in row.signature_only_roles else KEY_AGREEMENT
    return CredentialsRequest(TrustAnchorCell(order.role, usage), roles_in(order.argument))


def _activation(_row: UseCase, order: Order) -> Payload:
    activation = order.argument
    if isinstance(activation, bytes):
        activation = Activation(activation)
    if not isinstance(activation, Activation):
        raise TypeError("an activation needs the hash of an image")
    return ActivateFirmware(activation.image_hash, order.counter, execution_time(activation.terms))


def _key_usage(_row: UseCase, order: Order) -> Payload:
    usage = order.argument
    return KeyUsageRequest(usage if isinstance(usage, BitString) else DIGITAL_SIGNATURE)


def _certificate(_row: UseCase, order: Order) -> Payload:
    if not isinstance(order.argument, bytes):
        raise TypeError("a device's new certificate is missing")
    return DeviceCertificate(order.argument)


def _join(method: JoinMethod) -> Callable[[UseCase, Order], Payload]:
    def make(_row: UseCase, order: Order) -> Payload:
        partner = _partner(order)
        return Join(method, partner.entity_id, partner.device_type, partner.certificate)

    return make


def _partner(order: Order) -> Partner:
    if not isinstance(order.argument, Partner):
        raise TypeError("joining and parting need a partner")
    return order.argument


def _gas_clock(_row: UseCase, order: Order) -> Payload:
    return SetGasClock(
        generalized(Instant(order.at + CLOCK_EARLIEST)), generalized(Instant(order.at + _METER_AWAKE))
    )


def _device_log(_row: UseCase, order: Order) -> Payload:
    partner = _partner(order)
    return RestoreDeviceLog((DeviceLogEntry(partner.entity_id, partner.device_type),))


CERTIFICATE_SIGNING: Final = BitString("000001")
"""Key usage of a root's cell."""
_METER_AWAKE: Final = HOUR
"""When a gas meter has surely fetched a command: it wakes every half hour (GBCS 10.3.3)."""
_NO_TOP_UP_YET: Final = SpecialistFloor(SpecialistUsage.PREPAYMENT_TOP_UP, 0)
_WITH_NEW_PARTY: Final = frozenset(
    {
        ReplacementMode.SUPPLIER_BY_SUPPLIER,
        ReplacementMode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR,
        ReplacementMode.ACCESS_CONTROL_BROKER_BY_ACB,
        ReplacementMode.SUPPLIER_BY_TRANS_COS,
        ReplacementMode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER,
    }
)
"""Modes that put another party into a role, whose commands are then counted from nought."""
_MODES: Final = {
    "CS02bRootBySupplier": ReplacementMode.ROOT_BY_SUPPLIER,
    "CS02bRootByWANProvider": ReplacementMode.ROOT_BY_WAN_PROVIDER,
    "CS02bSupplierBySupplier": ReplacementMode.SUPPLIER_BY_SUPPLIER,
    "CS02bNOByNO": ReplacementMode.NETWORK_OPERATOR_BY_NETWORK_OPERATOR,
    "CS02bACBByACB": ReplacementMode.ACCESS_CONTROL_BROKER_BY_ACB,
    "CS02bWANProviderByWANProvider": ReplacementMode.WAN_PROVIDER_BY_WAN_PROVIDER,
    "CS02bTransCoSByTransCoS": ReplacementMode.TRANS_COS_BY_TRANS_COS,
    "CS02bSupplierByTransCoS": ReplacementMode.SUPPLIER_BY_TRANS_COS,
    "CS02bAnyExceptAbnormalRootByRecovery": ReplacementMode.ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY,
    "CS02bAnyByContingency": ReplacementMode.ANY_BY_CONTINGENCY,
    "CS02gLoadControllerByLoadController": ReplacementMode.LOAD_CONTROLLER_BY_LOAD_CONTROLLER,
}
_MAKERS: Final[dict[str, Callable[[UseCase, Order], Payload]]] = {
    "CS02a": _credentials_request,
    "CS02f": _credentials_request,
    "CS02c": _key_usage,
    "CS02d": _certificate,
    "CS02e": _key_usage,
    "CS03A1": _join(JoinMethod.METHOD_A_INITIATOR),
    "CS03A2": _join(JoinMethod.METHOD_A_RESPONDER),
    "CS03B": _join(JoinMethod.METHOD_B),
    "CS03C": _join(JoinMethod.METHOD_C),
    "CS04AC": lambda _row, order: Unjoin(_partner(order).entity_id),
    "CS04B": lambda _row, order: Unjoin(_partner(order).entity_id),
    "CS06": _activation,
    "CS07": lambda _row, _order: ReadDeviceLog(),
    "CS08": lambda _row, _order: ReadFirmwareVersion(),
    "GCS28": _gas_clock,
    "GCS59": _device_log,
}
