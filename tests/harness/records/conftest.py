"""A small stored run whose content is known: two factors, three combinations, two cases."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from harness.records.evidence import Evidence, pack_evidence
from harness.records.manifest import Manifest
from harness.records.store import ChunkRecord, ProjectionRecord, RunStore, TupleBlock
from harness.records.types import CaseRecord, FactorRecord, FrameRecord, LevelRecord, Verdict

COMBINATIONS = np.array([[0, 0], [0, 1], [1, 1]], dtype=np.uint16)
METERS = np.array([[0], [1]], dtype=np.uint16)
FRAME = FrameRecord(1_000_000, "tester", "ESME", "sent", bytes.fromhex("DF09"))


def case_record(case_id: str, *participants: str) -> CaseRecord:
    return CaseRecord(case_id, "A title", "GBCS 1", "ECS17b", "nominal", participants, "digest")


MANIFEST = Manifest(
    run_id="small-1",
    seed=1,
    matrix="small",
    title="A small matrix",
    level="firmware",
    sharing=True,
    factors=(
        FactorRecord(
            "comms_hub", (LevelRecord("hub-a", "Hub A", (("GBCS", "3.2"),)), LevelRecord("hub-b", "Hub B"))
        ),
        FactorRecord("esme", (LevelRecord("esme-a", "Meter A"), LevelRecord("esme-b", "Meter B"))),
    ),
    cases=(case_record("TC_A", "esme"), case_record("TC_B", "comms_hub", "esme")),
    combinations=3,
    executions=5,
    plan_digests=(("matrix", "aa"),),
    level_digests=(("1", "2"), ("3", "4")),
    started="2026-02-03T11:17:00+00:00",
    versions=(("harness", "0.1.0"),),
    commands=("harness run --matrix small",),
)


@dataclass(frozen=True)
class SmallRun:
    folder: Path

    def store(self) -> RunStore:
        return RunStore(self.folder)

    def prepare(self, store: RunStore) -> None:
        homes = COMBINATIONS[:2]
        store.prepare(
            MANIFEST,
            [
                ProjectionRecord((0, 1), 3, [TupleBlock(COMBINATIONS[:2]), TupleBlock(COMBINATIONS[2:])]),
                ProjectionRecord((1,), 2, [TupleBlock(METERS, homes)]),
            ],
        )

    @property
    def chunks(self) -> list[ChunkRecord]:
        failed = Evidence(2, Verdict.FAIL, "a wrong value", "GBCS 2", "1", "2", (FRAME, FRAME))
        return [
            ChunkRecord(0, 0, 1, 0, "k0", bytes([0, 3]), (1, 0, 0, 2, 0), 0.5, ("no such meter",), (0, 1)),
            ChunkRecord(
                1, 1, 0, 0, "k1", bytes([0, 0, 1]), (2, 1, 0, 0, 0), 0.5, (), (), pack_evidence([failed])
            ),
        ]


@pytest.fixture
def small_run(tmp_path: Path) -> SmallRun:
    return SmallRun(tmp_path / "run")
