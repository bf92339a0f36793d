"""Playing a Reference Test Data Set: each command goes into a device that is in the state of its response.

Command and response belong together by what they say (parties, counter, message code), not by the
names of their files. The response that comes out is the one in the set octet for octet, but for the
64 octets of a signature, which nobody without the device's key can make.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra, Message
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.emulators.loading.alerts import raise_alert
from harness.emulators.loading.envelope import load_envelope
from harness.emulators.loading.payloads import LOADERS
from harness.emulators.reference import ReferenceDevices
from harness.emulators.refusal import NoSharedKey
from harness.emulators.subjects.security_log import SecurityLog
from harness.execution.reference_set import open_reference_set, read_reference_file
from harness.gbcs.alert_codes import alert_meaning
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import MessageType, UseCase

_SIGNATURE: Final = 64


class Outcome(StrEnum):
    """What came of replaying one command."""

    MATCHED = "matched"
    DIFFERENT = "different"
    UNANSWERED = "unanswered"
    NO_KEY = "no key"
    """Nobody's private key is in the key store, so nothing can be replayed."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A message of the set with its file, relative to the set's folder."""

    file: str
    octets: bytes
    message: Message


@dataclass(frozen=True, slots=True)
class Replayed:
    """A pair and what came of it. ``came`` is the response, empty for none; ``why`` says what differs."""

    use_case: str
    command: str
    response: str
    outcome: Outcome
    expected: bytes
    came: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """All pairs in the order of the commands' files, alerts, and messages that have no other half.

    Of an alert ``command`` is empty and ``response`` its file: its event is what starts it.
    """

    folder: Path
    pairs: tuple[Replayed, ...]
    alerts: tuple[Replayed, ...]
    single: tuple[str, ...]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many pairs and alerts came out how."""
        return Counter(one.outcome for one in (*self.pairs, *self.alerts))

    @property
    def holds(self) -> bool:
        """Whether all that could be replayed matched."""
        return not self.counts.keys() - {Outcome.MATCHED, Outcome.NO_KEY}


def replay_reference_set(folder: Path) -> ReplayReport:
    """Replay every pair of a set. Raises InputError where the folder is no such set."""
    files, keys = open_reference_set(folder)
    messages = tuple(_messages(files, folder, keys))
    replay = _Replay(messages, keys)
    pairs, single = _paired(messages)
    alerts = sorted((one for one in messages if one.message.cra is Cra.ALERT), key=lambda one: one.file)
    return ReplayReport(
        folder, tuple(replay.pair(*pair) for pair in pairs), tuple(map(replay.alert, alerts)), single
    )


def _messages(files: Iterable[Path], folder: Path, keys: KeyStore) -> Iterator[Reference]:
    """The messages that devices send and take."""
    for path in files:
        octets = read_reference_file(path)
        try:
            message = decode_message(octets or b"")
        except DecodeError:
            continue
        if octets is not None and not _is_unfinished(message, keys):
            yield Reference(path.relative_to(folder).as_posix(), octets, message)


def _is_unfinished(message: Message, keys: KeyStore) -> bool:
    """Whether this is a command that the broker has yet to protect: without MAC where it needs one."""
    if message.cra is not Cra.COMMAND or message.mac is not None:
        return False
    use_case = by_message_code(message.message_code)
    return use_case is None or keys.role_of(message.originator) not in use_case.signature_only_roles


def _conversation(message: Message) -> tuple[object, ...]:
    """What a command and its response have in common."""
    parties = (message.originator, message.recipient)
    device_last = parties if message.cra is Cra.COMMAND else parties[::-1]
    spoken_for = None if message.supplementary is None else message.supplementary.remote_party
    return (*device_last, message.originator_counter, message.message_code, spoken_for)


def _paired(messages: Iterable[Reference]) -> tuple[list[tuple[Reference, Reference]], tuple[str, ...]]:
    halves: dict[Cra, dict[object, list[Reference]]] = {cra: defaultdict(list) for cra in Cra}
    for one in messages:
        halves[one.message.cra][_conversation(one.message)].append(one)
    commands, responses = halves[Cra.COMMAND], halves[Cra.RESPONSE]
    # One of several alike is told from the others by the order of their files.
    pairs = [
        pair for key, asked in commands.items() for pair in zip(asked, responses.get(key, ()), strict=False)
    ]
    matched = {id(half) for pair in pairs for half in pair}
    single = [
        one.file
        for half in (commands, responses)
        for alike in half.values()
        for one in alike
        if id(one) not in matched
    ]
    return sorted(pairs, key=lambda pair: pair[0].file), tuple(sorted(single))


class _Replay:
    """What replaying pairs of one set needs."""

    def __init__(self, messages: tuple[Reference, ...], keys: KeyStore) -> None:
        self._messages = messages
        self._keys = keys
        self._devices = ReferenceDevices(keys)

    def pair(self, command: Reference, response: Reference) -> Replayed:
        """Put one device into the state that the response reports, and give it the command.

        Where the set does not tell which of several places in a home a device has, it is the one whose
        device answers so.
        """
        return self._in_its_place(
            command.message.recipient, lambda role: self._pair_at(role, command, response)
        )

    def _pair_at(self, role: DeviceRole | None, command: Reference, response: Reference) -> Replayed:
        asked, answered = command.message, response.message
        use_case = by_message_code(asked.message_code)
        name = f"0x{asked.message_code:04X}" if use_case is None else use_case.id

        def result(outcome: Outcome, why: str = "", came: bytes = b"") -> Replayed:
            return Replayed(name, command.file, response.file, outcome, response.octets, came, why)

        if use_case is None or role is None:
            return result(Outcome.UNANSWERED, "no device has this message code")
        if not self._has_key(asked, use_case):
            return result(Outcome.NO_KEY)
        parties = [asked.originator]
        if asked.supplementary is not None:
            parties.append(asked.supplementary.remote_party)
        device = self._devices.device(role, asked.recipient, use_case, parties)
        now = load_envelope(device, answered)
        try:
            LOADERS[use_case.payload_family](device, asked, answered)
        except DecodeError as error:
            return result(Outcome.UNANSWERED, f"the response cannot be loaded: {error}")
        device.receive(command.octets, now)
        came = [sent.octets for sent in device.outgoing(now)]
        responses = [octets for octets in came if decode_message(octets).cra is Cra.RESPONSE]
        if not responses:
            events = [alert_meaning(event.code) for event in device.part(SecurityLog).events]
            return result(Outcome.UNANSWERED, "; ".join(map(str, events)))
        difference = _difference(responses[0], response)
        outcome = Outcome.DIFFERENT if difference else Outcome.MATCHED
        return result(outcome, difference, responses[0])

    def alert(self, alert: Reference) -> Replayed:
        """Have what an alert reports happen at a device."""
        return self._in_its_place(alert.message.originator, lambda role: self._alert_at(role, alert))

    def _in_its_place(self, entity: bytes, play: Callable[[DeviceRole | None], Replayed]) -> Replayed:
        tried = []
        for role in self._roles.get(entity, (None,)):
            tried.append(play(role))
            if tried[-1].outcome in {Outcome.MATCHED, Outcome.NO_KEY}:
                return tried[-1]
        return tried[0]

    def _alert_at(self, role: DeviceRole | None, alert: Reference) -> Replayed:
        message = alert.message
        use_case = by_message_code(message.message_code)
        name = f"0x{message.message_code:04X}" if use_case is None else use_case.id

        def result(outcome: Outcome, why: str = "", came: bytes = b"") -> Replayed:
            return Replayed(name, "", alert.file, outcome, alert.octets, came, why)

        if use_case is None or role is None:
            return result(Outcome.UNANSWERED, "no device has this message code")
        if message.mac is not None and not self._has_key_of(message.recipient, message.originator):
            return result(Outcome.NO_KEY)
        device = self._devices.device(role, message.originator, use_case, [message.recipient])
        try:
            raise_alert(device, message)
        except (DecodeError, NoSharedKey) as error:
            return result(Outcome.UNANSWERED, f"the alert cannot be raised: {error}")
        sent = [one.octets for one in device.outgoing(device.template.start)]
        if not sent:
            return result(Outcome.UNANSWERED, "no alert")
        difference = _difference(sent[0], alert)
        return result(Outcome.DIFFERENT if difference else Outcome.MATCHED, difference, sent[0])

    def _has_key(self, command: Message, use_case: UseCase) -> bool:
        """Whether a device can be given what it checks a command with: mostly the broker's MAC."""
        makers = [command.originator]
        if use_case.message_type is not MessageType.PPMID_GSME:
            makers += self._keys.holders(RemotePartyRole.ACCESS_CONTROL_BROKER)
        return any(self._has_key_of(maker, command.recipient) for maker in makers)

    def _has_key_of(self, remote: bytes, entity_id: bytes) -> bool:
        """Whether some private key of a party is there, or what it shares with a device."""
        device = KeyName(entity_id, KeyUse.KEY_AGREEMENT)
        parties = (KeyName(remote, use) for use in KeyUse)
        return any(
            self._keys.private_key(*party) or self._keys.shared_secret(device, party) for party in parties
        )

    @cached_property
    def _roles(self) -> Mapping[bytes, tuple[DeviceRole, ...]]:
        """The places that each entity can have: those that all of its messages can be for.

        First comes the one that nobody else surely has.
        """
        candidates: dict[bytes, set[DeviceRole]] = {}
        for one in self._messages:
            message = one.message
            entity = message.recipient if message.cra is Cra.COMMAND else message.originator
            use_case = by_message_code(message.message_code)
            if use_case is not None and use_case.targets:
                candidates.setdefault(entity, set(DeviceRole)).intersection_update(use_case.targets)
        taken: set[DeviceRole] = set()
        found = {}
        for entity, roles in sorted(candidates.items(), key=lambda item: (len(item[1]), item[0])):
            if roles:
                likely = min(roles - taken or roles)
                found[entity] = (likely, *sorted(roles - {likely}))
                taken.add(likely)
        return found


def _difference(came: bytes, response: Reference) -> str:
    """Where the octets part, empty where they are the same but for a signature."""
    octets, expected = came, response.octets
    if response.message.signature is not None and response.message.mac is None:
        octets, expected = octets[:-_SIGNATURE], expected[:-_SIGNATURE]
    if octets == expected and len(came) == len(response.octets):
        return ""
    at = next(
        (place for place, (one, other) in enumerate(zip(octets, expected, strict=False)) if one != other),
        min(len(octets), len(expected)),
    )
    return (
        f"{len(came)} octets for {len(response.octets)}, the first difference at {at}: "
        f"{octets[at : at + 8].hex()} for {expected[at : at + 8].hex()}"
    )
