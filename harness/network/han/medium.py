"""The air of one band: how long a frame takes, who has to wait, what is lost (IEEE 802.15.4-2011).

A unicast frame is one transaction: listen and back off, send, await the acknowledgement, try again.
Chance comes from the seed alone, so the same frames at the same moments fare the same everywhere.
The air is one place: whoever wants to send while it is in use finds the channel busy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from device_profiles.model import HanBand
from harness.codecs.errors import EncodeError
from harness.codecs.han.mac import MacFrame, MacFrameType, encode_mac
from harness.network.clock import Instant
from harness.network.link import scramble

MAX_FRAME: Final = 127
"""Octets of the largest frame, check sequence included."""
ATTEMPTS: Final = 4
"""A frame, and three times again where no acknowledgement comes (macMaxFrameRetries, table 52)."""
MIN_BACKOFF_EXPONENT: Final = 3
MAX_BACKOFF_EXPONENT: Final = 5
MAX_BACKOFFS: Final = 4
_ACKNOWLEDGEMENT_LENGTH: Final = 5
_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_MILLION: Final = 1_000_000

Recorder = Callable[[Instant, bytes], None]
"""Told the start of each frame on the air and its octets, acknowledgements included."""


@dataclass(frozen=True, slots=True)
class Radio:
    """Times of a physical layer, in microseconds.

    ``octet_time`` is what an octet takes, ``preamble`` what goes before a frame, ``backoff_unit`` the
    unit of backing off, ``turnaround`` the pause before an acknowledgement, and
    ``acknowledgement_wait`` how long one is waited for.
    """

    octet_time: int
    preamble: int
    backoff_unit: int
    turnaround: int
    acknowledgement_wait: int

    def airtime(self, octets: int) -> int:
        """Microseconds that a frame of that many octets is on the air."""
        return self.preamble + octets * self.octet_time


RADIOS: Final = {
    # 250 kbit/s: symbols of 16 microseconds, two to an octet (10.1, 8.1.2.1)
    HanBand.GHZ_2_4: Radio(
        octet_time=32, preamble=192, backoff_unit=320, turnaround=192, acknowledgement_wait=864
    ),
    # 100 kbit/s GFSK: eight symbols of 10 microseconds to an octet, slower turnaround
    HanBand.SUB_GHZ: Radio(
        octet_time=80, preamble=800, backoff_unit=1_160, turnaround=1_000, acknowledgement_wait=5_000
    ),
}


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether a frame's destination listens, and what its acknowledgement says of frames that wait."""

    listens: bool = True
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a frame: when the transaction ended, whether the sender knows that it arrived.

    ``heard`` are the moments at which the destination had it: none, or several where acknowledgements
    were lost. ``airtime`` is what the sender was on the air, ``answer_time`` what acknowledgements were;
    ``octets`` are the frame's.
    """

    ended: Instant
    delivered: bool
    heard: tuple[Instant, ...]
    airtime: int
    answer_time: int = 0
    pending: bool = False
    octets: bytes = b""


class Medium:
    """The air of one band. ``loss`` is how many frames in a million nobody hears."""

    __slots__ = ("_busy_until", "_recorder", "_state", "airtime", "loss", "radio")

    def __init__(self, radio: Radio, seed: int, *, loss: int = 0, recorder: Recorder | None = None) -> None:
        self.radio = radio
        self.loss = loss
        self.airtime = 0
        self._state = seed & _MASK
        self._busy_until = 0
        self._recorder = recorder

    def _chance(self) -> int:
        self._state = (self._state + _GOLDEN) & _MASK
        return scramble(self._state)

    def _arrives(self) -> bool:
        return not self.loss or self._chance() % _MILLION >= self.loss

    def _access(self, now: int) -> tuple[int, bool]:
        """When the channel is free for a sender that wants it now, and whether it got it (5.1.1.4)."""
        exponent = MIN_BACKOFF_EXPONENT
        for _ in range(MAX_BACKOFFS + 1):
            now += (self._chance() & ((1 << exponent) - 1)) * self.radio.backoff_unit
            if now >= self._busy_until:
                return now, True
            exponent = min(exponent + 1, MAX_BACKOFF_EXPONENT)
        return now, False

    def send(self, frame: MacFrame, now: Instant, hearing: Hearing) -> Sent:
        """Put a frame on the air, to one device or to all. Raises EncodeError.

        A device that does not listen acknowledges nothing. An attempt for which the channel never
        becomes free counts as one that nobody heard.
        """
        octets = encode_mac(frame)
        if len(octets) > MAX_FRAME:
            raise EncodeError("payload", f"a frame of {len(octets)} octets, at most {MAX_FRAME} go")
        asked = frame.acknowledgement_request
        time, airtime, answers = int(now), 0, 0
        heard: list[Instant] = []
        delivered = False
        for _ in range(ATTEMPTS if asked else 1):
            time, free = self._access(time)
            if not free:
                continue
            time, took = self._put(octets, time)
            airtime += took
            if hearing.listens and self._arrives():
                heard.append(Instant(time))
                if not asked:
                    delivered = True
                    break
                time, took = self._acknowledge(frame, time + self.radio.turnaround, pending=hearing.pending)
                answers += took
                delivered = self._arrives()
                if delivered:
                    break
            elif asked:
                time += self.radio.acknowledgement_wait
        pending = delivered and asked and hearing.pending
        return Sent(Instant(time), delivered, tuple(heard), airtime, answers, pending, octets)

    def _put(self, octets: bytes, time: int) -> tuple[int, int]:
        took = self.radio.airtime(len(octets))
        if self._recorder is not None:
            self._recorder(Instant(time), octets)
        self.airtime += took
        self._busy_until = time + took
        return time + took, took

    def _acknowledge(self, frame: MacFrame, time: int, *, pending: bool) -> tuple[int, int]:
        if self._recorder is None:
            took = self.radio.airtime(_ACKNOWLEDGEMENT_LENGTH)
            self.airtime += took
            self._busy_until = time + took
            return time + took, took
        answer = MacFrame(
            frame_type=MacFrameType.ACKNOWLEDGEMENT, sequence=frame.sequence, frame_pending=pending
        )
        return self._put(encode_mac(answer), time)
