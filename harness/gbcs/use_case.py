"""What the catalogue says about one use case, as frozen values (GBCS 4.3, 12 and the mapping table).

Types only; ``catalogue`` reads them from the data files beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from harness.gbcs.roles import DeviceRole, RemotePartyRole


class MessageType(Enum):
    """What kind of message starts the use case, which decides its protection (GBCS 4.3.1.2)."""

    CRITICAL_COMMAND = "SME.C.C"
    NON_CRITICAL_COMMAND = "SME.C.NC"
    PPMID_GSME = "SME.C.PPMID-GSME"
    CRITICAL_ALERT = "SME.A.C"
    NON_CRITICAL_ALERT = "SME.A.NC"
    TOP_UP = "top-up"
    """A non-critical command with the additional checks of prepayment tokens (GBCS 14.3)."""
    HAN_ONLY = "HAN"
    """ZigBee commands inside the home; no GBCS message."""

    @property
    def is_alert(self) -> bool:
        """Is it the device that starts?"""
        return self in {MessageType.CRITICAL_ALERT, MessageType.NON_CRITICAL_ALERT}

    @property
    def is_critical(self) -> bool:
        """Signed, whichever way it goes?"""
        return self in {MessageType.CRITICAL_COMMAND, MessageType.CRITICAL_ALERT}


class PayloadFamily(Enum):
    """How the payload is encoded."""

    DLMS = "DLMS"
    GBZ = "GBZ"
    ASN1 = "ASN1"
    SHARED = "SHARED"
    """One message code for DLMS and GBZ devices: the payload's first octets tell."""
    NONE = "NONE"


class Access(Enum):
    """Does the use case read, or change something?"""

    READ = "read"
    UPDATE = "update"


class ItemKind(Enum):
    """What of a COSEM object a row is about."""

    ATTRIBUTE = "a"
    METHOD = "m"


@dataclass(frozen=True, slots=True)
class CosemRow:
    """One datum of a DLMS use case.

    ``class_id``, ``instance`` (OBIS code, 6 octets), ``kind`` and ``index`` say which attribute or
    method it belongs to; they are None for data that an alert carries outside of any object.
    ``type`` is the COSEM type in the standard's words, ``size`` its octets, bits or characters
    (None where it is open). ``constants`` are the only values allowed, empty where it is free:
    octets for octet strings, "0" and "1" for bit strings, numbers for all else.
    """

    class_id: int | None
    instance: bytes | None
    kind: ItemKind | None
    index: int | None
    type: str
    size: int | None
    constants: tuple[int | bytes | str, ...]
    optional: bool
    twin_element: bool
    sensitive: bool
    name: str
    member: str
    reference: str

    @property
    def obis(self) -> str:
        """The instance as A-B:C.D.E.F, empty where there is none."""
        return obis_text(self.instance) if self.instance else ""


@dataclass(frozen=True, slots=True)
class ZclRow:
    """One datum of a GBZ use case: which ZCL command of which cluster carries it, in which field.

    ``command`` goes to the device, ``response`` comes back; either is None where the row has none.
    ``attributes`` are the identifiers that a read names, empty for fields of cluster commands.
    """

    cluster: int
    command: int | None
    command_name: str
    response: int | None
    response_name: str
    type: str
    field: str
    attributes: tuple[int, ...]
    sensitive: bool
    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class UseCase:
    """One use case.

    ``targets`` take the command, or raise the alert. ``roles`` may send it, with the limits of
    ``supplier_only_at`` (targets that take it from a supplier alone). ``mac_only_roles`` send it
    without a signature though it is critical, ``signature_only_roles`` with their signature in
    place of a MAC. ``since`` and ``until`` are GBCS versions, None where it is all of them or not
    known; ``until`` is the last one at the latest.
    """

    id: str
    title: str
    message_codes: tuple[int, ...]
    targets: frozenset[DeviceRole]
    message_type: MessageType
    payload_family: PayloadFamily
    future_datable: bool
    replay_protected: bool
    roles: frozenset[RemotePartyRole]
    response_date_time: bool
    since: str | None
    until: str | None
    service_reference: str
    access: Access
    separate_response_recipient: bool
    has_preconditions: bool
    supplier_only_at: frozenset[DeviceRole]
    mac_only_roles: frozenset[RemotePartyRole]
    signature_only_roles: frozenset[RemotePartyRole]
    _cosem: Callable[[], tuple[CosemRow, ...]] = field(repr=False, compare=False)
    _zcl: Callable[[], tuple[ZclRow, ...]] = field(repr=False, compare=False)

    @property
    def cosem(self) -> tuple[CosemRow, ...]:
        """Its COSEM rows, in the order of the message; read from the data file on first use."""
        return self._cosem()

    @property
    def zcl(self) -> tuple[ZclRow, ...]:
        """Its ZCL rows, in the order of the message; read from the data file on first use."""
        return self._zcl()

    def roles_at(self, target: DeviceRole) -> frozenset[RemotePartyRole]:
        """Remote parties that may send it to this target; none to a device that is no target."""
        if target not in self.targets:
            return frozenset()
        if target in self.supplier_only_at:
            return self.roles & {RemotePartyRole.SUPPLIER}
        return self.roles


def obis_text(instance: bytes) -> str:
    """Six octets as A-B:C.D.E.F."""
    a, b, c, d, e, f = instance
    return f"{a}-{b}:{c}.{d}.{e}.{f}"


def obis_octets(text: str) -> bytes:
    """A-B:C.D.E.F as six octets. Raises ValueError."""
    medium, _, rest = text.partition(":")
    numbers = [int(number) for number in (*medium.split("-"), *rest.split("."))]
    if len(numbers) != 6:
        raise ValueError(f"{text!r} is no OBIS code")
    return bytes(numbers)
