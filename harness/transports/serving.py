"""A home at this end of a link, for whoever is at the other: its time runs with the wall's.

Over the DLMS wrapper the other end can also have done by wire what people do by hand.
"""

from __future__ import annotations

from typing import Final

from harness.gbcs.roles import DeviceRole
from harness.network.addressing import originator_of, recipient_of
from harness.network.clock import Duration
from harness.network.port import HomePort
from harness.network.wports import wport_of
from harness.transports.coordination import answer_request
from harness.transports.errors import LinkClosedError
from harness.transports.link import Carried, MessageLink
from harness.transports.pace import Pace

_LOOK_EVERY: Final = 0.005
"""Seconds after which the home's time catches up with the wall's, where nothing comes."""


class ServedHome:
    """A home and the link to whoever tests it.

    ``line`` is the device that hears what comes without naming any of the home.
    """

    __slots__ = ("_home", "_line", "_link", "_pace", "_residents")

    def __init__(
        self, home: HomePort, link: MessageLink, pace: Pace, *, line: DeviceRole | None = None
    ) -> None:
        self._home = home
        self._link = link
        self._pace = pace
        self._line = line
        self._residents = {device.entity_id: role for role, device in home.devices.items()}

    def serve(self) -> None:
        """Carry messages both ways until the other end goes. Raises TransportError for what is no frame."""
        try:
            while True:
                self.step()
        except LinkClosedError:
            return

    def step(self) -> None:
        """Take what comes next, if anything does soon, and have the home's time catch up with the wall's."""
        carried = self._link.receive(within=_LOOK_EVERY)
        self._catch_up()
        if carried is None:
            return
        if carried.coordinates:
            self._link.send(answer_request(self._home, carried.octets))
            return
        named = self._residents.get(recipient_of(carried.octets) or b"")
        self._home.send(carried.octets, to=carried.destination or named or self._line)

    def _catch_up(self) -> None:
        until = self._pace.now()  # once: the wall goes on while the home catches up
        while (behind := Duration(until - self._home.now)) > 0:
            octets = self._home.receive(within=behind)
            if octets is not None:
                role = self._residents.get(originator_of(octets) or b"")
                self._link.send(Carried(octets, from_port=wport_of(role)))
