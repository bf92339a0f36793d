"""Doing by wire what a person does by hand: requests and answers beside the messages of a link.

They are test coordination (ISO/IEC 9646-1), and no part of what a device is tested for: JSON behind the
DLMS wrapper, on a port that no device has. A rig with relays and a camera can answer as ``serve`` does.
"""

from __future__ import annotations

import json
from typing import Any, Final

from harness.gbcs.roles import DeviceRole
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, HomePort, OutOfReach, Stimulus
from harness.network.wports import COORDINATION
from harness.transports.errors import TransportError
from harness.transports.link import Carried, MessageLink

_PATIENCE: Final = 30.0
"""Seconds until whoever is asked has surely done it."""


class Wired:
    """Hands at the other end of a link."""

    def __init__(self, link: MessageLink) -> None:
        self._link = link

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Have it done. Raises OutOfReach."""
        self._ask(do="operate", role=role.name, stimulus=stimulus)

    def enter(
        self, role: DeviceRole, entry: Entry, text: str, about: DeviceRole | None, /
    ) -> Feedback | None:
        """Have it entered. Raises OutOfReach."""
        shown = self._ask(
            do="enter", role=role.name, entry=entry, text=text, about=None if about is None else about.name
        )
        return None if shown is None else Feedback(shown)

    def read(self, role: DeviceRole, what: Display, /) -> str | None:
        """Have it read. Raises OutOfReach."""
        return self._ask(do="read", role=role.name, what=what)

    def _ask(self, **request: str | None) -> str | None:
        try:
            self._link.send(Carried(json.dumps(request).encode(), to_port=COORDINATION))
            answer = self._link.receive(within=_PATIENCE, coordination=True)
            said = None if answer is None else json.loads(answer.octets)
        except (TransportError, ValueError) as error:
            raise OutOfReach(str(error)) from None
        if not isinstance(said, dict) or "shows" not in said:
            why = said.get("refused") if isinstance(said, dict) else None
            raise OutOfReach(f"{request['role']}, {request['do']}: {why or 'nobody answers'}")
        shows: str | None = said["shows"]
        return shows


def answer_request(home: HomePort, octets: bytes) -> Carried:
    """Do in a home what a request asks for; the answer to send back."""
    try:
        asked = json.loads(octets)
        answer: dict[str, Any] = {"shows": _DOINGS[asked["do"]](home, DeviceRole[asked["role"]], asked)}
    except (KeyError, TypeError, ValueError) as error:
        answer = {"refused": str(error)}
    return Carried(json.dumps(answer).encode(), from_port=COORDINATION)


def _operate(home: HomePort, role: DeviceRole, asked: dict[str, Any]) -> None:
    home.operate(role, Stimulus(asked["stimulus"]))


def _enter(home: HomePort, role: DeviceRole, asked: dict[str, Any]) -> str | None:
    about = asked.get("about")
    text = str(asked.get("text", ""))
    return home.enter(role, Entry(asked["entry"]), text, about=DeviceRole[about] if about else None)


def _read(home: HomePort, role: DeviceRole, asked: dict[str, Any]) -> str | None:
    return home.read_display(role, Display(asked["what"]))


_DOINGS: Final = {"operate": _operate, "enter": _enter, "read": _read}
