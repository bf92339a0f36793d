"""Credentials: CS02a and CS02f (read), CS02b and CS02g (replace), CS02c to CS02e (device certificates).

GBCS 13.2 to 13.6. Certificates are DER octets; identifiers and key identifiers are octet strings as
certificates carry them; sequence numbers are from 0 to 2^63 - 1; times are ``YYYYMMDDHHMMSSZ``. An
optional member that is left out is None, also where its absence means a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.codecs.asn1.der import (
    CONSTRUCTED,
    CONTEXT,
    ENUMERATED,
    Bits,
    GeneralizedTime,
    Integer,
    Null,
    OctetString,
)
from harness.codecs.asn1.structure import OneOf, Optional, Sequence, SequenceOf, Whole
from harness.codecs.cosem_data import BitString
from harness.gbcs.roles import RemotePartyRole

DIGITAL_SIGNATURE: Final = BitString("1")
"""Key usage of certificates whose keys sign."""
KEY_AGREEMENT: Final = BitString("00001")
"""Key usage of certificates whose keys agree on secrets."""


class CellUsage(IntEnum):
    """What a trust anchor cell is for; left out it means management."""

    MANAGEMENT = 0
    PREPAYMENT_TOP_UP = 1


class CredentialStatus(IntEnum):
    """Outcome for one credential."""

    SUCCESS = 0
    BAD_CERTIFICATE = 5
    NO_TRUST_ANCHOR = 10
    INSUFFICIENT_MEMORY = 17
    TRUST_ANCHOR_NOT_FOUND = 25
    RESOURCES_BUSY = 30
    OTHER = 127


class ReplacementMode(IntEnum):
    """Which party replaces whose credentials."""

    ROOT_BY_SUPPLIER = 0
    ROOT_BY_WAN_PROVIDER = 1
    SUPPLIER_BY_SUPPLIER = 2
    NETWORK_OPERATOR_BY_NETWORK_OPERATOR = 3
    ACCESS_CONTROL_BROKER_BY_ACB = 4
    WAN_PROVIDER_BY_WAN_PROVIDER = 5
    TRANS_COS_BY_TRANS_COS = 6
    SUPPLIER_BY_TRANS_COS = 7
    ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY = 8
    ANY_BY_CONTINGENCY = 9
    LOAD_CONTROLLER_BY_LOAD_CONTROLLER = 10


class TimeChecks(IntEnum):
    """Whether validity periods count in path validation; left out it means that they do."""

    APPLY = 0
    DISAPPLY = 1


class SpecialistUsage(IntEnum):
    """Counters with a floor of their own."""

    PREPAYMENT_TOP_UP = 0


class IssueFailure(IntEnum):
    """Why a device made no certification request (CS02c)."""

    INVALID_KEY_USAGE = 1
    KEY_PAIR_GENERATION_FAILED = 2
    REQUEST_PRODUCTION_FAILED = 3


class UpdateOutcome(IntEnum):
    """Outcome of handing a device its own new certificate (CS02d)."""

    SUCCESS = 0
    INVALID_CERTIFICATE = 1
    WRONG_DEVICE_IDENTITY = 2
    INVALID_KEY_USAGE = 3
    NO_CORRESPONDING_KEY_PAIR = 4
    WRONG_PUBLIC_KEY = 5
    CERTIFICATE_STORAGE_FAILED = 6
    PRIVATE_KEY_CHANGE_FAILED = 7


class ProvideFailure(IntEnum):
    """Why a device gave no certificate (CS02e)."""

    INVALID_KEY_USAGE = 1
    NO_CERTIFICATE_HELD = 2
    CERTIFICATE_RETRIEVAL_FAILED = 3


@dataclass(frozen=True, slots=True)
class TrustAnchorCell:
    """A place in a device for one credential of one remote party."""

    role: RemotePartyRole
    key_usage: BitString
    cell_usage: CellUsage | None = None


@dataclass(frozen=True, slots=True)
class CredentialsRequest:
    """CS02a, CS02f command: by which credential it is authorised, and whose details are wanted."""

    authorising_cell: TrustAnchorCell
    roles: tuple[RemotePartyRole, ...]
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CellDetails:
    """What a device holds in one cell."""

    key_usage: BitString
    subject_unique_id: bytes
    subject_key_id: bytes
    cell_usage: CellUsage | None = None


@dataclass(frozen=True, slots=True)
class RemotePartyDetails:
    """What a device holds of one role; counter and cells are there only for success."""

    role: RemotePartyRole
    status: CredentialStatus
    current_counter: int | None = None
    cells: tuple[CellDetails, ...] | None = None


@dataclass(frozen=True, slots=True)
class CredentialsResponse:
    """CS02a, CS02f response."""

    details: tuple[RemotePartyDetails, ...]
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecialistFloor:
    """Floor of a counter that stands apart."""

    usage: SpecialistUsage
    counter: int


@dataclass(frozen=True, slots=True)
class CounterChange:
    """New floor of one role's counter, and of its specialist counters."""

    role: RemotePartyRole
    floor: int
    specialist_floors: tuple[SpecialistFloor, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementControl:
    """Who authorises a replacement, and what becomes of the counters."""

    mode: ReplacementMode
    authorising_counter: int
    plaintext_symmetric_key: bytes | None = None
    time_checks: TimeChecks | None = None
    authorising_cell: TrustAnchorCell | None = None
    new_floor: int | None = None
    new_specialist_floors: tuple[SpecialistFloor, ...] | None = None
    other_changes: tuple[CounterChange, ...] | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """A certificate and the cell that it goes into."""

    certificate: bytes
    cell: TrustAnchorCell


@dataclass(frozen=True, slots=True)
class ReplaceCredentials:
    """CS02b, CS02g command. ``execution_time`` makes it future-dated."""

    control: ReplacementControl
    replacements: tuple[Replacement, ...]
    path_certificates: tuple[bytes, ...]
    execution_time: str | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplacementResult:
    """What became of one cell; identifiers are empty where there is none."""

    cell: TrustAnchorCell
    status: CredentialStatus
    existing_subject_id: bytes
    existing_key_id: bytes
    replacing_subject_id: bytes
    replacing_key_id: bytes


@dataclass(frozen=True, slots=True)
class ReplacementOutcome:
    """What became of a replacement."""

    authorising_counter: int
    mode: ReplacementMode
    counter_changes: tuple[CounterChange, ...]
    results: tuple[ReplacementResult, ...]


@dataclass(frozen=True, slots=True)
class ReplaceCredentialsResponse:
    """CS02b, CS02g response; the outcome is left out where the command is future-dated."""

    outcome: ReplacementOutcome | None = None
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceCredentialsAlert:
    """CS02b, CS02g alert: a future-dated replacement was carried out, or not."""

    alert_code: int
    time: str
    outcome: ReplacementOutcome
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyUsageRequest:
    """CS02c command (make a key pair and a request for it), CS02e command (give the certificate)."""

    key_usage: BitString
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueResponse:
    """CS02c response: a PKCS #10 certification request (DER), or why there is none."""

    result: bytes | IssueFailure
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceCertificate:
    """CS02d command: the certificate (DER) that the device shall use."""

    certificate: bytes
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateResponse:
    """CS02d response."""

    outcome: UpdateOutcome
    excess: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvideResponse:
    """CS02e response: the certificate (DER), or why there is none."""

    result: bytes | ProvideFailure
    excess: tuple[int, ...] = ()


_ROLE: Final = Integer(RemotePartyRole)
_STATUS: Final = Integer(CredentialStatus, tag=ENUMERATED)
_FLOOR: Final = Sequence(SpecialistFloor, usage=Integer(SpecialistUsage), counter=Integer())


def _cell(tag: int) -> Sequence:
    return Sequence(
        TrustAnchorCell, tag=tag, role=_ROLE, key_usage=Bits(), cell_usage=Optional(Integer(CellUsage))
    )


_CELL: Final = _cell(0x30)
_CHANGE: Final = Sequence(
    CounterChange, role=_ROLE, floor=Integer(), specialist_floors=Optional(SequenceOf(_FLOOR))
)
_CONTROL: Final = Sequence(
    ReplacementControl,
    mode=Integer(ReplacementMode),
    plaintext_symmetric_key=Optional(OctetString(tag=CONTEXT | 0)),
    time_checks=Optional(Integer(TimeChecks, tag=CONTEXT | 1)),
    authorising_cell=Optional(_cell(CONTEXT | CONSTRUCTED | 2)),
    authorising_counter=Integer(tag=CONTEXT | 3),
    new_floor=Optional(Integer(tag=CONTEXT | 4)),
    new_specialist_floors=Optional(SequenceOf(_FLOOR, tag=CONTEXT | CONSTRUCTED | 5)),
    other_changes=Optional(SequenceOf(_CHANGE, tag=CONTEXT | CONSTRUCTED | 6)),
)
_RESULT: Final = Sequence(
    ReplacementResult,
    cell=_CELL,
    status=_STATUS,
    existing_subject_id=OctetString(),
    existing_key_id=OctetString(),
    replacing_subject_id=OctetString(),
    replacing_key_id=OctetString(),
)
_OUTCOME: Final = Sequence(
    ReplacementOutcome,
    authorising_counter=Integer(),
    mode=Integer(ReplacementMode),
    counter_changes=SequenceOf(_CHANGE),
    results=SequenceOf(_RESULT),
)
_DETAILS: Final = Sequence(
    RemotePartyDetails,
    role=_ROLE,
    status=_STATUS,
    current_counter=Optional(Integer()),
    cells=Optional(
        SequenceOf(
            Sequence(
                CellDetails,
                key_usage=Bits(),
                cell_usage=Optional(Integer(CellUsage)),
                subject_unique_id=OctetString(),
                subject_key_id=OctetString(),
            )
        )
    ),
)

CREDENTIALS_REQUEST: Final = Sequence(CredentialsRequest, authorising_cell=_CELL, roles=SequenceOf(_ROLE))
CREDENTIALS_RESPONSE: Final = SequenceOf(_DETAILS)
REPLACE: Final = Sequence(
    ReplaceCredentials,
    control=_CONTROL,
    replacements=SequenceOf(Sequence(Replacement, certificate=Whole(), cell=_CELL)),
    path_certificates=SequenceOf(Whole()),
    execution_time=Optional(GeneralizedTime()),
)
REPLACE_RESPONSE: Final = Sequence(
    ReplaceCredentialsResponse, command_accepted=Null(), outcome=Optional(_OUTCOME)
)
REPLACE_ALERT: Final = Sequence(
    ReplaceCredentialsAlert, alert_code=Integer(most=0xFFFF), time=GeneralizedTime(), outcome=_OUTCOME
)
KEY_USAGE_REQUEST: Final = Sequence(KeyUsageRequest, key_usage=Bits())
ISSUE_RESPONSE: Final = OneOf(
    failure=(IssueFailure, Integer(IssueFailure)), certification_request=(bytes, Whole())
)
CERTIFICATE: Final = Whole()
UPDATE_RESPONSE: Final = Integer(UpdateOutcome)
PROVIDE_RESPONSE: Final = OneOf(
    failure=(ProvideFailure, Integer(ProvideFailure)), certificate=(bytes, Whole())
)
