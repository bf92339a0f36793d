"""GBZ payloads of commands: attributes to read from the catalogue's rows, cluster commands field by field.

GBCS 7.2.9 and 7.3, ZCL 2.5 and the ZSE clusters Metering and Prepayment. ZCL fields are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.gbcs.use_case import UseCase
from harness.network.clock import Instant, utc_time_of

READ_ATTRIBUTES: Final = 0x00
_GLOBAL: Final = 0x00
_CLUSTER_SPECIFIC: Final = 0x01


def gbz_request(row: UseCase, at: Instant) -> GbzPayload:
    """The payload of a use case's command; ``at`` goes into its issuer event id where it has one."""
    first = row.zcl[0]
    if first.command is None:
        raise ValueError(f"{row.id} has no ZCL command")
    fields = _FIELDS.get(row.id)
    component = GbzComponent(
        cluster=first.cluster,
        frame_control=_GLOBAL if fields is None else _CLUSTER_SPECIFIC,
        sequence=0,
        command=first.command,
        payload=_attributes(row) if fields is None else fields(utc_time_of(at)),
    )
    return GbzPayload((component,))


def attributes_of(row: UseCase) -> tuple[int, ...]:
    """Identifiers of the attributes that a use case reads, in its command's order: the rows', reversed."""
    return tuple(attribute for one in reversed(row.zcl) for attribute in one.attributes)


def _attributes(row: UseCase) -> bytes:
    return b"".join(attribute.to_bytes(2, "little") for attribute in attributes_of(row))


def _close_valve(event: int) -> bytes:
    """Change Supply: provider, event, requested at, implemented at (now), status off, acknowledge."""
    return struct.pack("<IIIIBB", 0, event, 0, 0, 0, 1)


def _reset_balance(event: int) -> bytes:
    """Credit Adjustment: event, start (now), absolute, nought."""
    return struct.pack("<IIBi", event, 0, 1, 0)


_FIELDS: Final[dict[str, Callable[[int], bytes]]] = {"GCS32": _close_valve, "GCS40b": _reset_balance}
"""Payloads of cluster commands by use case, given the issuer event id."""
