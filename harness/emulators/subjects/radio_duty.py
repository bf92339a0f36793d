"""A hub's sub-GHz radio: how much of the air it may use, and what it tells of that (CHTS 4.6.2.5, DBCH04).

Thresholds are read as parts in ten thousand of the last hour. A hub tells of each state that a radio
comes into or leaves, and of each message that it discards because of it (DBCH06, DBCH10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.emulators.abilities import has_version
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.events import DlmsDetails, Event, tell
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole
from harness.gbcs.use_case import obis_octets
from harness.network.han.duty_cycle import Thresholds

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey
    from harness.network.clock import Instant

SETTINGS: Final[CosemKey] = (1, obis_octets("0-0:94.44.10.0"), 2, False)
_LIMITED, _CRITICAL = 4, 5
"""Places of the thresholds among the settings."""


def thresholds_of(hub: EmulatedDevice) -> Thresholds:
    """From which use of the air on a hub restricts itself: what was set, or what is usual."""
    members = written_settings(hub)
    if len(members) <= _CRITICAL:
        return Thresholds()
    limited, critical = members[_LIMITED].value, members[_CRITICAL].value
    if not isinstance(limited, int) or not isinstance(critical, int):
        return Thresholds()
    return Thresholds(limited=limited, critical=critical)


def written_settings(hub: EmulatedDevice) -> tuple[Data, ...]:
    """How the radio was set up, member by member; nothing where nobody did."""
    settings = hub.part(Objects).written(SETTINGS)
    members = () if settings is None else settings.value
    return members if isinstance(members, tuple) else ()


def tell_duty(hub: EmulatedDevice, radio: bytes, code: int, now: Instant) -> None:
    """Tell the broker of a state that a radio (entity identifier) came into, or left."""
    if code == AlertCode.LIMITED_DUTY_CYCLE_ACTION:
        _tell(hub, "DBCH06", code, DlmsDetails((Data(DataTag.OCTET_STRING, radio),)), now)
    else:
        _tell(hub, "GNCA", code, DlmsDetails(), now)


def settings_changed(hub: EmulatedDevice) -> None:
    """Tell the broker how the radio is set up from now on, once the command is answered (DBCH09)."""
    written = hub.part(Objects).written(SETTINGS)
    if written is not None:
        details = DlmsDetails((written,))
        code = AlertCode.SUB_GHZ_CONFIGURATION_CHANGED
        hub.schedule(hub.template.start, lambda now: _tell(hub, "DBCH09", code, details, now))


def tell_undelivered(hub: EmulatedDevice, message: bytes, now: Instant) -> None:
    """Tell the broker of a message that the electricity meter did not take (FDRPMA)."""
    _tell_message(hub, "FDRPMA", AlertCode.MESSAGE_TO_ESME_UNDELIVERED, message, now)


def tell_discarded(hub: EmulatedDevice, message: bytes, now: Instant) -> None:
    """Tell the broker of a message that the hub discarded: who sent it to whom, and its counter."""
    _tell_message(hub, "DBCH10", AlertCode.MESSAGE_DISCARDED_BY_DUTY_CYCLE, message, now)


def _tell_message(hub: EmulatedDevice, alert: str, code: int, message: bytes, now: Instant) -> None:
    try:
        read = decode_message(message)
    except DecodeError:
        return
    named = read.originator + read.recipient + bytes((read.cra,)) + read.originator_counter.to_bytes(8, "big")
    _tell(hub, alert, code, DlmsDetails((Data(DataTag.OCTET_STRING, named),)), now)


def _tell(hub: EmulatedDevice, alert: str, code: int, details: DlmsDetails, now: Instant) -> None:
    broker = hub.part(TrustStore).anchor(RemotePartyRole.ACCESS_CONTROL_BROKER, Cell.KEY_AGREEMENT)
    row = use_case(alert)
    if broker is not None and has_version(row, hub.template.profile.firmware.gbcs):
        tell(hub, Event(code, row.message_codes[0], details, (broker.entity_id,)), now)
