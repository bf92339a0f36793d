"""The one writer of a run's file. Each ``add`` is a transaction: what it returned from is there for good."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from harness.records.columns import Numbers, pack_codes, pack_levels, pack_numbers
from harness.records.document import encode_manifest
from harness.records.lock import WriterLock
from harness.records.manifest import Manifest
from harness.records.schema import (
    APPLICATION_ID,
    FILE_NAME,
    SCHEMA_VERSION,
    TABLES,
    open_for_reading,
    refuse,
)
from harness.records.types import Verdict

_PATIENCE: Final = 30.0
"""Seconds to wait for a reader that holds the file."""


@dataclass(frozen=True, slots=True)
class TupleBlock:
    """Consecutive tuples of a projection. ``homes`` is None for combinations."""

    levels: npt.NDArray[Any]
    homes: npt.NDArray[Any] | None = None


@dataclass(frozen=True)
class ProjectionRecord:
    """Distinct tuples of some factors (positions in the manifest), block after block."""

    factors: tuple[int, ...]
    tuples: int
    blocks: Iterable[TupleBlock]


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """One finished chunk: a case on consecutive tuples of a projection.

    ``verdicts`` has one octet per execution. ``reasons`` are distinct texts, and ``reason_of`` has for
    each execution the number of its text counted from 1, or 0; it is empty where there is no text.
    ``evidence`` is what ``pack_evidence`` gave. ``inherited`` counts combinations by verdict. ``performed``
    is how many executions were carried out for it: the verdicts of the others were known, from an earlier
    run or from devices alike; None for all.
    """

    chunk: int
    case_number: int
    projection: int
    first: int
    address: str
    verdicts: bytes
    inherited: tuple[int, ...]
    seconds: float
    reasons: tuple[str, ...] = ()
    reason_of: tuple[int, ...] = ()
    evidence: bytes | None = None
    performed: int | None = None


class RunStore:
    """A run's file, open for writing."""

    def __init__(self, folder: Path) -> None:
        """Open the run in ``folder``, or start an empty one there.

        Raises InputError where something else is there, another process is writing to it, or nobody
        may write there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self._reasons: dict[str, int] = {}
        self._sitting: int | None = None
        self._lock = WriterLock(folder)
        try:
            self._connection = _opened(self.path)
        except BaseException:
            self._lock.release()
            raise
        self._load_reasons()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave a single file behind, where no reader has it open."""
        # Where somebody is reading, the write-ahead log stays beside the file, which is as good.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._lock.release()

    def prepare(self, manifest: Manifest, projections: Sequence[ProjectionRecord]) -> None:
        """Store the plan, all of it or nothing. Projection 0 is the combinations."""
        with self._transaction() as connection:
            for number, projection in enumerate(projections):
                connection.execute(
                    "INSERT INTO projection VALUES (?, ?, ?)",
                    (number, json.dumps(projection.factors), projection.tuples),
                )
                connection.executemany(
                    "INSERT INTO tuples VALUES (?, ?, ?, ?, ?)",
                    _tuple_rows(number, projection.blocks),
                )
            connection.execute("INSERT INTO manifest VALUES (0, ?)", (encode_manifest(manifest),))

    def prepared(self) -> bool:
        """Whether a plan was stored."""
        return bool(self._connection.execute("SELECT count(*) FROM manifest").fetchone()[0])

    def finished(self) -> frozenset[int]:
        """The numbers of the chunks that are stored."""
        return frozenset(number for (number,) in self._connection.execute("SELECT chunk FROM chunk"))

    def verdicts(self) -> dict[Verdict, int]:
        """Stored executions by verdict."""
        return count_verdicts(self._connection)

    def add(self, records: Sequence[ChunkRecord]) -> None:
        """Store finished chunks."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [self._row(record) for record in records],
            )

    def begin_sitting(self, started: str) -> None:
        """Note that work on the run starts, or starts again. ``started`` is ISO 8601 in UTC."""
        cursor = self._connection.execute("INSERT INTO sitting (started, seconds) VALUES (?, 0)", (started,))
        self._sitting = cursor.lastrowid

    def note_sitting(self, seconds: float, peak_memory: int | None) -> None:
        """Note how long this sitting has taken and the most memory (octets) that it had."""
        self._connection.execute(
            "UPDATE sitting SET seconds = ?, peak_memory = ? WHERE sitting = ?",
            (seconds, peak_memory, self._sitting),
        )

    def _load_reasons(self) -> None:
        self._reasons = {text: number for number, text in self._connection.execute("SELECT * FROM reason")}

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException as error:
            # A full disk may have rolled back already.
            with suppress(sqlite3.OperationalError):
                self._connection.execute("ROLLBACK")
            self._load_reasons()
            if isinstance(error, sqlite3.OperationalError):
                raise OSError(errno.EIO, str(error), str(self.path)) from error
            raise

    def _row(self, record: ChunkRecord) -> tuple[Any, ...]:
        verdicts = np.frombuffer(record.verdicts, dtype=np.uint8)
        counts = np.bincount(verdicts, minlength=len(Verdict)).tolist()
        return (
            record.chunk,
            record.case_number,
            record.projection,
            record.first,
            len(verdicts),
            record.address,
            pack_codes(verdicts),
            self._packed_reasons(record),
            record.evidence,
            *counts,
            json.dumps(record.inherited),
            record.seconds,
            len(verdicts) if record.performed is None else record.performed,
        )

    def _packed_reasons(self, record: ChunkRecord) -> bytes | None:
        if not record.reasons:
            return None
        ids: Numbers = np.array([0, *map(self._reason, record.reasons)], dtype=np.int64)
        return pack_numbers(ids[np.array(record.reason_of, dtype=np.int64)])

    def _reason(self, text: str) -> int:
        number = self._reasons.get(text)
        if number is None:
            number = self._reasons[text] = len(self._reasons) + 1
            self._connection.execute("INSERT INTO reason VALUES (?, ?)", (number, text))
        return number


def _opened(path: Path) -> sqlite3.Connection:
    """A connection for writing to a run, with its tables."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    try:
        _set_up(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise refuse(path, f"expected a file that can be written to: {error}") from None
        if isinstance(error, sqlite3.DatabaseError):
            raise refuse(path, f"expected a stored run: {error}") from None
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        open_for_reading(path, unprepared=True).close()
    else:
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
            f"{TABLES} COMMIT;"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    # A power cut may undo the last commits but never damages the file; a killed process undoes nothing.
    connection.execute("PRAGMA synchronous = NORMAL")


def _tuple_rows(projection: int, blocks: Iterable[TupleBlock]) -> Iterator[tuple[Any, ...]]:
    first = 0
    for block in blocks:
        count = len(block.levels)
        homes = None if block.homes is None else pack_levels(block.homes)
        yield projection, first, count, pack_levels(block.levels), homes
        first += count


def count_verdicts(connection: sqlite3.Connection) -> dict[Verdict, int]:
    """Stored executions by verdict, zero included."""
    row = connection.execute(
        "SELECT total(passed), total(failed), total(inconclusive), total(not_applicable), total(errors)"
        " FROM chunk"
    ).fetchone()
    return {verdict: int(count) for verdict, count in zip(Verdict, row, strict=True)}
