"""xDLMS APDUs that GBCS uses, as frozen values: access request and response, data notification.

DLMS Green Book 9.3 (access service), GBCS 7.2.10 and 16 (alerts). Types only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from harness.codecs.cosem_data import Data


class AccessKind(IntEnum):
    """Choice octet of an access specification."""

    GET = 1
    SET = 2
    ACTION = 3
    GET_WITH_SELECTION = 4
    SET_WITH_SELECTION = 5


class DataAccessResult(IntEnum):
    """Result octet of one access: 0 is success (DLMS Green Book, Data-Access-Result and Action-Result)."""

    SUCCESS = 0
    HARDWARE_FAULT = 1
    TEMPORARY_FAILURE = 2
    READ_WRITE_DENIED = 3
    OBJECT_UNDEFINED = 4
    OBJECT_CLASS_INCONSISTENT = 9
    OBJECT_UNAVAILABLE = 11
    TYPE_UNMATCHED = 12
    SCOPE_OF_ACCESS_VIOLATED = 13
    DATA_BLOCK_UNAVAILABLE = 14
    LONG_GET_ABORTED = 15
    NO_LONG_GET_IN_PROGRESS = 16
    LONG_SET_ABORTED = 17
    NO_LONG_SET_IN_PROGRESS = 18
    DATA_BLOCK_NUMBER_INVALID = 19
    OTHER_REASON = 250


@dataclass(frozen=True, slots=True)
class Selector:
    """Selective access: the selector octet and its parameter."""

    selector: int
    parameter: Data


@dataclass(frozen=True, slots=True)
class AccessSpecification:
    """One item of an access request. ``instance`` is the OBIS code, 6 octets; ``index`` is signed 8 bit."""

    kind: AccessKind
    class_id: int
    instance: bytes
    index: int
    selector: Selector | None = None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """An access request. ``invoke_id`` is the 32 bit long-invoke-id-and-priority."""

    invoke_id: int
    specifications: tuple[AccessSpecification, ...]
    data: tuple[Data, ...]
    date_time: bytes = b""


@dataclass(frozen=True, slots=True)
class AccessResult:
    """Kind of one access (1 get, 2 set, 3 action) and its result octet."""

    kind: AccessKind
    result: int


@dataclass(frozen=True, slots=True)
class AccessResponse:
    """An access response: one datum and one result per specification of the request."""

    invoke_id: int
    data: tuple[Data, ...]
    results: tuple[AccessResult, ...]
    specifications: tuple[AccessSpecification, ...] = ()
    date_time: bytes = b""


@dataclass(frozen=True, slots=True)
class DataNotification:
    """A data notification: how COSEM devices raise alerts. GBCS bodies are structures starting code, time."""

    invoke_id: int
    body: Data
    date_time: bytes = b""
