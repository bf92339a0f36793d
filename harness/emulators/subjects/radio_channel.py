"""The channel of a hub's sub-GHz radio: looking for a quieter one, and room for devices (CHTS 4.4.2, DBCH05).

What the standards leave open is read here as follows. A hub uses the channels that its settings name,
those of page 28 where they name none. It may change so often within seven days as the settings say. Asked
to look for a quieter channel it first says what comes of that (DBCH08): two octets, whether it will not,
and why not. Where something disturbs its channel it looks by itself. The next channel that it may use is
quieter than one that is disturbed. A change is told and logged with the channel and its cause, one octet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.emulators.abilities import has_version
from harness.emulators.equipment import equipment_in
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.radio_duty import written_settings
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.equipment import Equipment
from harness.network.clock import DAY, SECOND, Duration, Instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.emulators.device import EmulatedDevice

_PAGES: Final = (28, 29, 30, 31)
_CHANNELS: Final = 27
"""Channels of a page, each a bit: that of channel 0 is the last (ZigBee, channel masks)."""
_PAGE_BITS: Final = 5
_MOST_CHANGES: Final = 6
"""Place of the most changes in a week among the settings; the masks of the four pages come first."""
_USUAL_CHANGES: Final = 4
_WEEK: Final = Duration(7 * DAY)
_SCAN_TAKES: Final = Duration(30 * SECOND)
_ON_REQUEST, _DISTURBED = 0, 1
"""Causes of a change."""
_WILL, _WILL_NOT = b"\x00", b"\x01"
_NO_REASON, _CHANGED_TOO_OFTEN = b"\x00", b"\x01"
_OCTETS: Final = 4


class RadioChannel:
    """The channel that a hub's radio is on, and what is known of it."""

    __slots__ = ("_changes", "_device", "_disturbed", "_place", "is_full")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._place = device.entity_id[-1]
        self._disturbed = False
        self._changes: list[Instant] = []
        self.is_full = False

    @property
    def mask(self) -> BitString:
        """Page and channel in 32 bits."""
        allowed = self._allowed()
        return allowed[self._place % len(allowed)]

    def asked(self, now: Instant) -> None:
        """A remote party has it look for a quieter channel. The command is answered first."""
        self._device.schedule(now, self._assess)

    def disturb(self, now: Instant) -> None:
        """Something else sends on the channel."""
        if not _has_radio(self._device):
            return
        self._disturbed = True
        if self._may_change(now):
            self._scan(_DISTURBED, now)
        else:
            self._device.part(Alerts).event(AlertCode.SUB_GHZ_CHANNEL_KEPT, now)

    def turn_away(self, entity_id: bytes, now: Instant) -> None:
        """Tell of a device that there is no room for."""
        if has_version(use_case("DBCH11"), self._device.template.profile.firmware.gbcs):
            further = (Data(DataTag.OCTET_STRING, entity_id),)
            self._device.part(Alerts).event(AlertCode.NO_SUB_GHZ_CAPACITY, now, further=further)

    def _assess(self, now: Instant) -> None:
        will = self._may_change(now)
        outcome = (_WILL, _NO_REASON) if will else (_WILL_NOT, _CHANGED_TOO_OFTEN)
        members = tuple(Data(DataTag.OCTET_STRING, one) for one in outcome)
        further = (Data(DataTag.STRUCTURE, members),)
        self._device.part(Alerts).event(AlertCode.SUB_GHZ_CHANNEL_SCAN_OUTCOME, now, further=further)
        if will:
            self._scan(_ON_REQUEST, now)

    def _scan(self, cause: int, now: Instant) -> None:
        self._device.part(Alerts).event(AlertCode.SUB_GHZ_CHANNEL_SCAN_STARTED, now)
        self._device.schedule(Instant(now + _SCAN_TAKES), lambda woken: self._scanned(cause, woken))

    def _scanned(self, cause: int, now: Instant) -> None:
        """Go to the next channel where this one is disturbed and there is another."""
        if not self._disturbed or len(self._allowed()) == 1:
            return
        self._disturbed = False
        self._place += 1
        self._changes.append(now)
        mask, why = self.mask, bytes((cause,))
        further = (Data(DataTag.BIT_STRING, mask), Data(DataTag.OCTET_STRING, why))
        noted = int(mask.bits, 2).to_bytes(_OCTETS, "big") + bytes((DataTag.OCTET_STRING, len(why))) + why
        alerts = self._device.part(Alerts)
        alerts.event(AlertCode.SUB_GHZ_CHANNEL_CHANGED, now, information=noted, further=further)

    def _may_change(self, now: Instant) -> bool:
        settings = written_settings(self._device)
        most = settings[_MOST_CHANGES].value if settings else _USUAL_CHANGES
        recent = sum(now - at < _WEEK for at in self._changes)
        return not isinstance(most, int) or recent < most

    def _allowed(self) -> Sequence[BitString]:
        """The channels that it may use, in order."""
        settings = written_settings(self._device)
        masks = [one.value.bits for one in settings[: len(_PAGES)] if isinstance(one.value, BitString)]
        found = [
            _channel(page, number)
            for page, bits in zip(_PAGES, masks, strict=False)
            for number in range(_CHANNELS)
            if bits[-1 - number : len(bits) - number] == "1"
        ]
        return found or [_channel(_PAGES[0], number) for number in range(_CHANNELS)]


def disturb(hub: EmulatedDevice, now: Instant) -> None:
    """Something else begins to send on the channel of a hub's radio."""
    hub.part(RadioChannel).disturb(now)


def fill(hub: EmulatedDevice, _now: Instant) -> None:
    """Other devices take all the room that a hub's radio has."""
    hub.part(RadioChannel).is_full = True


def _channel(page: int, number: int) -> BitString:
    return BitString(f"{page:0{_PAGE_BITS}b}{1 << number:0{_CHANNELS}b}")


def _has_radio(hub: EmulatedDevice) -> bool:
    profile = hub.template.profile
    return Equipment.SUB_GHZ_RADIO in equipment_in(profile) and has_version(
        use_case("DBCH07"), profile.firmware.gbcs
    )
