"""Conformance cases as pytest items: one collector for each home, one item for each case.

A case that does not apply is skipped with its reason. A failure shows clause, expectation, observation
and the messages exchanged, and nothing of the harness's inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from device_profiles.errors import InputError
from device_profiles.model import DeviceKind
from harness.cases.case import Case, Purpose
from harness.cases.suite import all_cases
from harness.cli.by_hand import reachable
from harness.cli.selection import DEFAULT_SEED
from harness.emulators.home import HomeFactory
from harness.execution.installed_homes import InstalledHomes
from harness.execution.named_homes import NamedHome, all_homes
from harness.execution.perform import HomeSource, Station, seed_octets
from harness.execution.telling import told
from harness.records.evidence import Evidence


class NotPassed(Exception):  # noqa: N818 - a verdict of a device, not an error of ours
    """A verdict other than PASS and NOT_APPLICABLE, with what there is to see of it."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence.reason)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Headline:
    """The one line that pytest's summary and JUnit show."""

    message: str


class VerdictReport:
    """A verdict as pytest prints it: what was asked, what came, and the messages in their order."""

    def __init__(self, case: Case, evidence: Evidence) -> None:
        self._lines = tuple(told(case, evidence))
        self.reprcrash = Headline(f"{evidence.verdict.name}: {evidence.reason.splitlines()[0]}")

    def __str__(self) -> str:
        return "\n".join(self._lines)

    def toterminal(self, writer: Any) -> None:
        """Write to pytest's terminal."""
        for line in self._lines:
            writer.line(line)


class CaseItem(pytest.Item):
    """One case against one home."""

    def __init__(self, *, case: Case, home: NamedHome, factory: HomeSource, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self._home = home
        self._factory = factory
        for mark in (case.purpose, case.use_case, *case.participants):
            if mark:
                self.add_marker(str(mark))
        reason = case.applies(home.profile)
        if reason is not None:
            self.add_marker(pytest.mark.skip(reason=reason))
        self.user_properties.extend(
            [
                ("title", case.title),
                ("clause", case.clause),
                ("use_case", case.use_case),
                ("purpose", str(case.purpose)),
            ]
        )

    def runtest(self) -> None:
        """Run the case in a fresh home."""
        found = Station(self.case, self._factory).execute(0, self._home.profile)
        if isinstance(found, Evidence):
            raise NotPassed(found)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a person needs to see of a verdict."""
        if isinstance(excinfo.value, NotPassed):
            return VerdictReport(self.case, excinfo.value.evidence)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case is written."""
        run = self.case.run
        code = (run.func if isinstance(run, partial) else run).__code__
        return Path(code.co_filename), code.co_firstlineno - 1, self.name


class HomeCollector(pytest.Collector):
    """The cases for one home."""

    def __init__(self, *, home: NamedHome, factory: HomeSource, **rest: Any) -> None:
        super().__init__(**rest)
        self._home = home
        self._factory = factory

    def collect(self) -> Iterator[CaseItem]:
        """Every case that the home, or the device in its focus, has a part in."""
        focus = self._home.focus
        for case in all_cases():
            if focus is None or focus in case.participants:
                yield CaseItem.from_parent(
                    self, name=case.case_id, case=case, home=self._home, factory=self._factory
                )


class Conformance:
    """The hooks of a run that asked for conformance cases."""

    def __init__(self, homes: Sequence[tuple[NamedHome, HomeSource]]) -> None:
        self._homes = homes

    def pytest_ignore_collect(self, config: pytest.Config) -> bool | None:
        """Without files or folders on the command line the cases are all that is wanted."""
        return None if config.option.file_or_dir else True

    def pytest_unconfigure(self) -> None:
        """Let go of the links to installed devices."""
        for _, homes in self._homes:
            if isinstance(homes, InstalledHomes):
                homes.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Put the cases first, before anything is selected or deselected."""
        found: list[pytest.Item] = []
        for home, factory in self._homes:
            collector = HomeCollector.from_parent(
                session, name=home.name, nodeid=home.name, home=home, factory=factory
            )
            found.extend(session.genitems(collector))
        items[:0] = found


def plugin_for(config: pytest.Config) -> Conformance:
    """The hooks for what the command line asks for. Raises UsageError, one line for each mistake."""
    try:
        homes = all_homes(config.getoption("gbcs_homes"), config.getoption("gbcs_profiles"))
        installed = [reachable(Path(path)) for path in config.getoption("gbcs_installed")]
    except InputError as error:
        raise pytest.UsageError(*str(error).splitlines()) from None
    except OSError as error:
        raise pytest.UsageError(f"{error.filename}: {error.strerror}") from None
    for name, meaning in _marks():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    seed = config.getoption("gbcs_seed")
    factory = HomeFactory(
        seed_octets(DEFAULT_SEED if seed is None else seed), frames=config.getoption("gbcs_frames")
    )
    return Conformance(
        [
            *((home, factory) for home in homes),
            *((NamedHome(one.record.name, one.record.profile), one) for one in installed),
        ]
    )


def _marks() -> Iterator[tuple[str, str]]:
    for purpose in Purpose:
        yield purpose, f"conformance cases of purpose {purpose.replace('_', ' ')}"
    for use_case in sorted({case.use_case for case in all_cases()} - {""}):
        yield use_case, f"conformance cases of GBCS use case {use_case}"
    for kind in DeviceKind:
        yield kind, f"conformance cases with a device of kind {kind}"
