"""The file that a run is stored in: one SQLite database, ``run.sqlite``, columnar in chunks.

Committing a row of ``chunk`` is what finishes a piece of work. The journal is a write-ahead log while
the run goes on, so that a reader never waits and a killed process loses nothing that was committed;
a finished run is a single file again.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from device_profiles.errors import InputError, InputProblem

FILE_NAME: Final = "run.sqlite"
APPLICATION_ID: Final = 0x47425348
"""ASCII "GBSH", in SQLite's application_id: tells a run from any other database."""
SCHEMA_VERSION: Final = 2

TABLES: Final = """
CREATE TABLE manifest (
    only INTEGER PRIMARY KEY CHECK (only = 0),
    document TEXT NOT NULL               -- JSON
);
CREATE TABLE projection (                -- distinct tuples of some factors; number 0 is the combinations
    projection INTEGER PRIMARY KEY,
    factors TEXT NOT NULL,               -- JSON list of positions in the manifest's factors
    tuples INTEGER NOT NULL
);
CREATE TABLE tuples (
    projection INTEGER NOT NULL REFERENCES projection,
    first INTEGER NOT NULL,              -- number of the first tuple in this row
    count INTEGER NOT NULL,
    levels BLOB NOT NULL,                -- count × len(factors), columns.pack_levels
    homes BLOB,                          -- count × all factors: the home of each tuple; NULL for combinations
    PRIMARY KEY (projection, first)
) WITHOUT ROWID;
CREATE TABLE chunk (                     -- finished work: one case on consecutive tuples
    chunk INTEGER PRIMARY KEY,           -- number in the plan
    case_number INTEGER NOT NULL,        -- position in the manifest's cases
    projection INTEGER NOT NULL REFERENCES projection,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    address TEXT NOT NULL,               -- SHA-256 of all that the verdicts depend on
    verdicts BLOB NOT NULL,              -- pack_codes
    reasons BLOB,                        -- pack_numbers: id in reason, 0 for none; NULL for none at all
    findings BLOB,                       -- evidence.pack_evidence
    passed INTEGER NOT NULL, failed INTEGER NOT NULL, inconclusive INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL, errors INTEGER NOT NULL,
    inherited TEXT NOT NULL,             -- JSON list: combinations by verdict
    seconds REAL NOT NULL,               -- of one core
    performed INTEGER NOT NULL           -- executions carried out for it; the verdicts of others were known
);
CREATE INDEX chunk_of_case ON chunk (case_number, first);
CREATE TABLE reason (reason INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE sitting (                   -- one per start or resumption
    sitting INTEGER PRIMARY KEY,
    started TEXT NOT NULL,               -- ISO 8601, UTC
    seconds REAL NOT NULL,
    peak_memory INTEGER                  -- octets, all processes
);
"""


def run_file(path: Path | str) -> Path:
    """The database of a run, given its folder or the file itself."""
    given = Path(path)
    return given / FILE_NAME if given.is_dir() else given


def refuse(path: Path, expected: str) -> InputError:
    """The error for a path that holds no run that we can use."""
    return InputError([InputProblem(str(path), 0, 0, "", expected)])


def open_for_reading(path: Path | str, *, unprepared: bool = False) -> sqlite3.Connection:
    """A read-only connection. Raises InputError where there is no run, or one of another schema.

    With ``unprepared``, a run that was stopped before its plan was stored will do.
    """
    file = run_file(path)
    if not file.is_file():
        raise refuse(Path(path), "expected the folder of a run: there is no " + FILE_NAME)
    connection = _connect_read_only(file)
    try:
        _check_identity(connection, file)
        if not unprepared:
            _check_prepared(connection, file)
    except InputError:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise refuse(file, f"expected a stored run: {error}") from None
    return connection


def _connect_read_only(file: Path) -> sqlite3.Connection:
    address = file.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=30)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A folder that cannot be written to has no place for the write-ahead log's index.
        connection.close()
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True)
    except sqlite3.DatabaseError:
        pass  # not a database: said so by the caller, with the file's name
    return connection


def _check_identity(connection: sqlite3.Connection, file: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise refuse(file, "expected a stored run, found another kind of database")
    if version != SCHEMA_VERSION:
        raise refuse(
            file,
            f"expected a run stored with schema {SCHEMA_VERSION}, found schema {version};"
            " read it with the version of the harness that wrote it",
        )


def _check_prepared(connection: sqlite3.Connection, file: Path) -> None:
    if not connection.execute("SELECT count(*) FROM manifest").fetchone()[0]:
        raise refuse(file, "expected a stored run: it stopped before its plan was stored; start it again")
