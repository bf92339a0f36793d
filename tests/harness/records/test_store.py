"""A run is read back as it was written, whole, interrupted or still open; damage is said in one line."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device_profiles.errors import InputError
from harness.records.reader import RunReader
from harness.records.store import RunStore
from harness.records.types import Verdict


def _written(small_run: Any, chunks: slice = slice(None)) -> None:
    with small_run.store() as store:
        small_run.prepare(store)
        store.begin_sitting("2026-02-03T11:17:00+00:00")
        store.add(small_run.chunks[chunks])
        store.note_sitting(2.5, 1 << 20)


def test_a_whole_run_reads_back(small_run: Any) -> None:
    _written(small_run)
    with RunReader(small_run.folder) as run:
        assert run.manifest.complete
        assert run.manifest.factors[0].levels[0].attributes == (("GBCS", "3.2"),)
        assert run.manifest.cases[1].participants == ("comms_hub", "esme")
        summary = run.summary()
        assert (summary.combinations, summary.planned, summary.executions) == (3, 5, 5)
        assert summary.verdicts == {
            Verdict.PASS: 3,
            Verdict.FAIL: 1,
            Verdict.INCONCLUSIVE: 0,
            Verdict.NOT_APPLICABLE: 1,
            Verdict.ERROR: 0,
        }
        assert summary.inherited[Verdict.PASS] == 3
        assert (summary.seconds, summary.peak_memory) == (2.5, 1 << 20)


def test_executions_give_the_levels_of_the_participants(small_run: Any) -> None:
    _written(small_run)
    with RunReader(small_run.folder) as run:
        [(levels, verdicts)] = run.executions("TC_A")
        assert levels.tolist() == [[0], [1]]
        assert verdicts.tolist() == [Verdict.PASS, Verdict.NOT_APPLICABLE]
        [(levels, verdicts)] = run.executions("TC_B")
        assert levels.tolist() == [[0, 0], [0, 1], [1, 1]]
        assert verdicts.tolist() == [0, 0, 1]
        assert np.concatenate(list(run.combination_chunks())).tolist() == [[0, 0], [0, 1], [1, 1]]
        assert run.combination(2).tolist() == [1, 1]
        assert run.not_applicable("TC_A") == {"no such meter": 1}
        assert run.not_applicable("TC_B") == {}


def test_findings_carry_their_home_and_frames(small_run: Any) -> None:
    _written(small_run)
    with RunReader(small_run.folder) as run:
        [finding] = run.findings()
        assert (finding.case_id, finding.levels, finding.home) == ("TC_B", (1, 1), (1, 1))
        assert (finding.reason, finding.clause, finding.expected, finding.observed) == (
            "a wrong value",
            "GBCS 2",
            "1",
            "2",
        )
        assert [frame.octets.hex() for frame in finding.frames] == ["df09", "df09"]
        assert list(run.findings(verdict=Verdict.ERROR)) == []
        assert list(run.findings(case_id="TC_A")) == []
        assert run.findings_of("TC_B", (1, 1)) == (finding,)
        assert run.findings_of("TC_B", (0, 1)) == ()


def test_an_interrupted_run_reads_as_far_as_it_came(small_run: Any) -> None:
    _written(small_run, slice(0, 1))
    with RunReader(small_run.folder) as run:
        assert not run.manifest.complete
        assert run.summary().executions == 2
        assert list(run.executions("TC_B")) == []


def test_a_reader_sees_what_is_committed_while_the_writer_goes_on(small_run: Any) -> None:
    with small_run.store() as store:
        small_run.prepare(store)
        store.begin_sitting("2026-02-03T11:17:00+00:00")
        with RunReader(small_run.folder) as run:
            assert run.summary().executions == 0
        store.add(small_run.chunks[:1])
        with RunReader(small_run.folder) as run:
            assert run.summary().executions == 2


def test_a_finished_run_is_one_file(small_run: Any) -> None:
    _written(small_run)
    assert [path.name for path in small_run.folder.iterdir()] == ["run.sqlite"]


def test_the_same_chunk_is_not_stored_twice(small_run: Any) -> None:
    with small_run.store() as store:
        small_run.prepare(store)
        store.add(small_run.chunks)
        assert store.finished() == {0, 1}
        with pytest.raises(sqlite3.IntegrityError):
            store.add(small_run.chunks[1:])
        assert store.finished() == {0, 1}


def test_what_fails_half_way_leaves_nothing_of_itself(small_run: Any) -> None:
    with small_run.store() as store:
        small_run.prepare(store)
        with pytest.raises(sqlite3.IntegrityError):
            store.add([small_run.chunks[0], small_run.chunks[0]])
        assert store.finished() == frozenset()
        store.add(small_run.chunks)
    with RunReader(small_run.folder) as run:
        assert run.not_applicable("TC_A") == {"no such meter": 1}


def _refusal(path: Path) -> str:
    with pytest.raises(InputError) as refusal:
        RunReader(path).summary()
    assert len(refusal.value.problems) == 1
    return str(refusal.value)


def test_no_run_there(tmp_path: Path) -> None:
    assert "there is no run.sqlite" in _refusal(tmp_path)
    assert "there is no run.sqlite" in _refusal(tmp_path / "nowhere")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "run.sqlite").write_bytes(b"not a database" * 100)
    assert "expected a stored run" in _refusal(tmp_path)


def test_another_kind_of_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "run.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    assert "another kind of database" in _refusal(tmp_path)


def test_another_schema_version(small_run: Any) -> None:
    _written(small_run)
    connection = sqlite3.connect(small_run.folder / "run.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "found schema 99" in _refusal(small_run.folder)


def test_a_run_without_a_plan(small_run: Any) -> None:
    small_run.store().close()
    assert "before its plan was stored" in _refusal(small_run.folder)


def test_a_damaged_blob(small_run: Any) -> None:
    _written(small_run)
    connection = sqlite3.connect(small_run.folder / "run.sqlite")
    connection.execute("UPDATE chunk SET verdicts = x'00', findings = x'00'")
    connection.commit()
    connection.close()
    with RunReader(small_run.folder) as run:
        with pytest.raises(InputError, match="expected a whole run: an array of"):
            list(run.executions("TC_A"))
        with pytest.raises(InputError, match="damaged findings"):
            list(run.findings())


def test_two_writers_do_not_work_on_one_run(small_run: Any) -> None:
    with small_run.store():
        with pytest.raises(InputError, match="another process is"):
            small_run.store()
        with pytest.raises(InputError, match="before its plan was stored"):
            RunReader(small_run.folder)
    small_run.store().close()


def test_a_writer_refuses_what_is_no_run(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "run.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(InputError, match="another kind of database"):
        RunStore(tmp_path)
    (tmp_path / "run.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(InputError, match="expected a stored run"):
        RunStore(tmp_path)


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(small_run: Any) -> None:
    with small_run.store() as store:
        small_run.prepare(store)
        store.add(small_run.chunks[:1])
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        long = replace(small_run.chunks[1], evidence=bytes(1_000_000))
        with pytest.raises(OSError, match="full"):
            store.add([long])
        store._connection.execute("PRAGMA max_page_count = 1000000")
        store.add([small_run.chunks[1]])
    with RunReader(small_run.folder) as run:
        assert run.manifest.complete
