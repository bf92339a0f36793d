"""Checking a Reference Test Data Set: a folder with ``messages`` and ``keystore``.

``messages`` holds files ``*.HEX``, at any depth, of one message each in hexadecimal; ``keystore`` is a
key store (``harness.crypto.keystore``). What a file is called never decides anything: it is how people
find it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from device_profiles.errors import InputError, InputProblem
from harness.crypto.errors import KeyStoreError
from harness.crypto.inspection import Inspection, State, inspect_message
from harness.crypto.keystore import KeyStore
from harness.gbcs.catalogue import by_message_code

CHECKS: Final = ("parsed", "rebuilt", "mac", "signature", "decrypted")
"""The checks of every message, by their names in ``Inspection``."""
UNKNOWN: Final = "unknown"
_SUFFIX: Final = ".hex"


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """One file and what its message is worth. ``file`` is relative to the folder, with forward slashes."""

    file: str
    use_case: str
    found: Inspection

    def state(self, check: str) -> State:
        """What one of ``CHECKS`` found."""
        state: State = getattr(self.found, check)
        return state


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """All messages of a set in the order of their files, and files of the key store that name another."""

    folder: Path
    messages: tuple[CheckedMessage, ...]
    misfiled: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing failed. What no key can check has not failed."""
        return all(State.FAILED not in {one.state(check) for check in CHECKS} for one in self.messages)

    @property
    def totals(self) -> Mapping[str, Counter[State]]:
        """How often each check found what."""
        return count_states(self.messages)

    @property
    def by_use_case(self) -> Mapping[str, tuple[CheckedMessage, ...]]:
        """Messages by use case, in the order of the names."""
        names = sorted({one.use_case for one in self.messages})
        return {name: tuple(one for one in self.messages if one.use_case == name) for name in names}


def count_states(messages: Iterable[CheckedMessage]) -> dict[str, Counter[State]]:
    """How often each check found what in some messages."""
    listed = tuple(messages)
    return {check: Counter(one.state(check) for one in listed) for check in CHECKS}


def check_reference_set(folder: Path) -> ReferenceReport:
    """Check every message of a set.

    Raises InputError where the folder is no such set or a file of its key store is broken.
    """
    files, keys = open_reference_set(folder)
    try:
        checked = tuple(_check(path, folder, keys) for path in files)
        misfiled = tuple(
            f"{path.name} holds a certificate of {entity_id.hex() if entity_id else 'an authority'}"
            for path, entity_id in keys.misfiled()
        )
    except KeyStoreError as error:
        raise _problem(folder / "keystore", str(error)) from None
    return ReferenceReport(folder, checked, misfiled)


def open_reference_set(folder: Path) -> tuple[list[Path], KeyStore]:
    """The files of a set with a message each, in order, and its keys. Raises InputError."""
    for part in ("messages", "keystore"):
        if not (folder / part).is_dir():
            raise _problem(folder, f"expected a folder that holds messages and keystore: {part} is not there")
    files = sorted(path for path in (folder / "messages").rglob("*") if path.suffix.lower() == _SUFFIX)
    if not files:
        raise _problem(folder / "messages", "expected files *.HEX with a message each, found none")
    return files, KeyStore.open(folder / "keystore")


def read_reference_file(path: Path) -> bytes | None:
    """The octets in a file, None where it holds anything but hexadecimal."""
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        return None


def _check(path: Path, folder: Path, keys: KeyStore) -> CheckedMessage:
    name = path.relative_to(folder).as_posix()
    octets = read_reference_file(path)
    if octets is None:
        fault = "expected one message in hexadecimal and nothing else"
        return CheckedMessage(
            name, UNKNOWN, Inspection(parsed=State.FAILED, rebuilt=State.FAILED, faults=(fault,))
        )
    found = inspect_message(octets, keys)
    return CheckedMessage(name, _use_case_of(found), found)


def _use_case_of(found: Inspection) -> str:
    if found.message is None:
        return UNKNOWN
    use_case = by_message_code(found.message.message_code)
    return use_case.id if use_case is not None else f"0x{found.message.message_code:04X}"


def _problem(path: Path, expected: str) -> InputError:
    return InputError([InputProblem(str(path), 0, 0, "", expected)])
