"""Doing a chunk of work: each home built, the case run against it, and what came of it judged.

Nothing that a case or a device does stops a run. A check that failed is FAIL; what neither case nor
device can help is INCONCLUSIVE; any other exception, and a device touched that the case did not declare,
is ERROR: a fault of the harness.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from device_profiles.home import HomeProfile
from harness.cases.applicability import KIND_OF
from harness.cases.bench import Bench
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome
from harness.crypto.pki import SeededPki
from harness.emulators.home import HomeFactory
from harness.execution.likeness import Judged, Likenesses
from harness.execution.plan import Chunk, Plan, Rows
from harness.gbcs.roles import DeviceRole
from harness.network.port import OutOfReach
from harness.network.transcript import TranscriptEntry, WatchedHome
from harness.records.evidence import Evidence, pack_evidence
from harness.records.types import FrameRecord, Verdict

CaseSource = Callable[[], Iterable[Case]]
"""Where a process finds the cases that a plan names: a function that every process can import."""

REMOTE: Final = "WAN"
"""How frames name the remote parties, as seen from a home."""
EXPECTED: Final = "expected"
"""Note of a frame that never was: the message that would have been right."""
_SEED_OCTETS: Final = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a chunk's executions that were to be done; ``ChunkRecord`` says what the fields hold.

    ``performed`` counts those that were not inherited from devices alike.
    """

    chunk: Chunk
    address: str
    verdicts: bytes
    reasons: tuple[str, ...]
    reason_of: tuple[int, ...]
    evidence: bytes | None
    seconds: float
    performed: int


def seed_octets(seed: int) -> bytes:
    """The seed of keys, loads and links, from the number that a person gives a run."""
    return seed.to_bytes(_SEED_OCTETS, "big", signed=True)


class HomeSource(Protocol):
    """Where homes come from, and the parties that their devices know."""

    @property
    def pki(self) -> SeededPki:
        """The parties' keys."""
        ...

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> WatchedHome:
        """A fresh home; with ``frames`` one with a network of frames, whatever others have."""
        ...


class Performer:
    """Does the chunks of one plan, in one process. Identities and templates are made once.

    ``homes`` takes the place of emulated ones.
    """

    def __init__(self, plan: Plan, source: CaseSource, homes: HomeSource | None = None) -> None:
        self._plan = plan
        wanted = {planned.record.case_id for planned in plan.cases}
        found = {case.case_id: case for case in source() if case.case_id in wanted}
        self._cases = tuple(found[planned.record.case_id] for planned in plan.cases)
        self._factory = homes or HomeFactory(seed_octets(plan.seed), frames=plan.frames)

    def perform(self, chunk: Chunk) -> Outcome:
        """Run a chunk's executions."""
        began = time.process_time()
        homes = self._plan.homes(chunk)
        station = Station(self._cases[chunk.case_number], self._factory)
        verdicts = bytearray()
        reasons: dict[str, int] = {}
        reason_of: list[int] = []
        found: list[Evidence] = []
        alike = Likenesses(self._plan.likenesses(chunk, homes).tolist())
        for row in chunk.executions:
            judged = alike.judge(row, partial(self._execute, station, row, homes))
            if isinstance(judged, str):
                verdicts.append(Verdict.NOT_APPLICABLE)
                reason_of.append(reasons.setdefault(judged, len(reasons) + 1))
                continue
            reason_of.append(0)
            verdicts.append(Verdict.PASS if judged is None else judged.verdict)
            if judged is not None:
                found.append(judged)
        return Outcome(
            chunk,
            self._plan.address(chunk, homes),
            bytes(verdicts),
            tuple(reasons),
            tuple(reason_of) if reasons else (),
            pack_evidence(found),
            time.process_time() - began,
            alike.performed,
        )

    def _execute(self, station: Station, row: int, homes: Rows) -> Judged:
        return station.execute(row, self._plan.matrix.home(homes[row].tolist()))


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Why an execution did not pass."""

    verdict: Verdict
    reason: str
    clause: str = ""
    expected: str = ""
    observed: str = ""
    instead: bytes = b""


class Station:
    """One case, and what it may see of a home."""

    def __init__(self, case: Case, factory: HomeSource) -> None:
        self._case = case
        self._factory = factory
        self._declared = frozenset(
            role for role, kind in KIND_OF.items() if case.whole_home or kind in case.participants
        )

    def execute(self, row: int, profile: HomeProfile) -> Judged:
        """Run the case in a fresh home."""
        try:
            reason = self._case.applies(self._visible(profile))
            if reason is not None:
                return reason
            home = self._factory.build(profile, frames=self._case.on_frames)
        except OutOfReach as limit:
            return _evidence(row, _Judgement(Verdict.INCONCLUSIVE, str(limit)))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours, and is recorded
            return _evidence(row, _fault(error))
        judgement = self._run(home)
        strangers = home.touched - self._declared
        if strangers:
            judgement = _undeclared(strangers)
        return None if judgement is None else _evidence(row, judgement, home.transcript)

    def _visible(self, profile: HomeProfile) -> HomeProfile:
        """What decides on applying: the participants alone, so that every home with them decides alike."""
        if self._case.whole_home:
            return profile
        participants = self._case.participants
        return HomeProfile({kind: one for kind, one in profile.devices.items() if kind in participants})

    def _run(self, home: WatchedHome) -> _Judgement | None:
        try:
            self._case.run(Bench(home, self._factory.pki))
        except CheckFailed as failed:
            reason = f"expected {failed.expected}; observed {failed.observed}"
            return _Judgement(
                Verdict.FAIL, reason, failed.clause, failed.expected, failed.observed, failed.instead
            )
        except InconclusiveOutcome as outcome:
            return _Judgement(Verdict.INCONCLUSIVE, outcome.reason)
        except OutOfReach as limit:
            return _Judgement(Verdict.INCONCLUSIVE, str(limit))
        except Exception as error:  # noqa: BLE001 - whatever else goes wrong is ours, and is recorded
            return _fault(error)
        return None


def _fault(error: Exception) -> _Judgement:
    """A fault of the harness: one line that says what, and under it the way there."""
    *way, what = traceback.format_exception(error)
    return _Judgement(Verdict.ERROR, f"{what.strip()}\n{''.join(way).strip()}")


def _undeclared(strangers: Iterable[DeviceRole]) -> _Judgement:
    names = ", ".join(role.name for role in sorted(strangers))
    return _Judgement(Verdict.ERROR, f"the case touched devices that it does not declare: {names}")


def _evidence(row: int, judgement: _Judgement, transcript: Iterable[TranscriptEntry] = ()) -> Evidence:
    frames = [_frame(entry) for entry in transcript]
    if judgement.instead and frames:
        # What would have been right stands beside what came last.
        frames.append(replace(frames[-1], note=EXPECTED, octets=judgement.instead))
    return Evidence(
        row,
        judgement.verdict,
        judgement.reason,
        judgement.clause,
        judgement.expected,
        judgement.observed,
        tuple(frames),
    )


def _frame(entry: TranscriptEntry) -> FrameRecord:
    note = "sent" if entry.source is None else "received"
    return FrameRecord(entry.at, _name(entry.source), _name(entry.destination), note, entry.octets)


def _name(role: DeviceRole | None) -> str:
    return REMOTE if role is None else role.name
