"""Whether a device did what a command asked, as its answer says: for commands that may well be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.asn1.credentials import CredentialStatus, ReplaceCredentialsResponse
from harness.codecs.asn1.joining import JoinCode, JoinResponse
from harness.codecs.dlms_types import AccessResponse, DataAccessResult
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.zcl import decode_zcl_payload

if TYPE_CHECKING:
    from harness.cases.inspection import Answer

_DEFAULT_RESPONSE: Final = "Default Response"
_STATUSES: Final = {_DEFAULT_RESPONSE: "status", "Consumer Top Up Response": "result_type"}
"""The field of each answer over ZCL that says 0 for success."""


def was_done(answer: Answer) -> bool:
    """Whether an answer says that all of its command was carried out."""
    payload = answer.payload
    if isinstance(payload, AccessResponse):
        return all(one.result == DataAccessResult.SUCCESS for one in payload.results)
    if isinstance(payload, JoinResponse):
        return payload.code is JoinCode.SUCCESS
    if isinstance(payload, ReplaceCredentialsResponse):
        results = () if payload.outcome is None else payload.outcome.results
        return bool(results) and all(one.status is CredentialStatus.SUCCESS for one in results)
    return isinstance(payload, GbzPayload) and _all_succeeded(payload)


def _all_succeeded(payload: GbzPayload) -> bool:
    for component in payload.components:
        if component.protection is None:
            said = decode_zcl_payload(component, component.payload)
            status = _STATUSES.get(said.name)
            if status is not None and said[status] != 0:
                return False
    return True
