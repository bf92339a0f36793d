"""``harness replay``: one case in one home, alone, as a stored run did it or in a home of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from device_profiles.errors import InputError, InputProblem
from harness.cli.exits import Exit

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from harness.cases.case import Case
    from harness.execution.installed_homes import InstalledHomes
    from harness.records.evidence import Evidence
    from harness.records.reader import RunReader


@click.command("replay")
@click.argument("named", metavar="[RUN] FINDING|CASE", nargs=-1, required=True)
@click.option(
    "--home",
    "home",
    metavar="KIND=PROFILE,…",
    help="Without RUN: the home, as pairs or as a file of such pairs.",
)
@click.option(
    "--installed",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Without RUN: the devices of this install record, over its link.",
)
@click.option(
    "--by-hand", is_flag=True, help="With --installed: somebody is there to do what a case asks for."
)
@click.option("--seed", type=int, help="Without RUN: the seed of keys, loads and links.  [default: 1]")
@click.option(
    "--capture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the messages to this file as pcapng, UDP to and from port 4059. Where the home has a network "
    "of frames, these too, as IEEE 802.15.4, with their keys beside it for Wireshark and tshark.",
)
@click.option(
    "--frames",
    is_flag=True,
    help="Give the home a network of frames, as cases about it and runs with --frames have anyway.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, named: tuple[str, ...], capture: Path | None, as_json: bool, **choice: Any) -> Exit:
    """Do one case again, alone, and tell what happens.

    With RUN, a stored run, FINDING is CASE@COMBINATION as its report names it: same home, same seed, so
    the same octets as long as devices and cases are the same. Without RUN, CASE is done in the home that
    --home describes.

    Exit code 0 if the case passes, 1 if it does not, 5 if it does not apply to the home.
    """
    match named:
        case (case_id,):
            scene = (
                _in_home(case_id, choice["home"], choice["seed"])
                if choice["installed"] is None
                else _installed(case_id, choice)
            )
        case (run, finding_id):
            if choice["installed"] is not None:
                raise click.UsageError("--installed is that of the run where RUN is given")
            scene = _from_run(Path(run), finding_id, choice)
        case _:
            raise click.UsageError("expected a run and a finding, or a case")
    found = scene.play(capture, frames=choice["frames"])
    if as_json:
        click.echo(json.dumps(_described(scene, found), indent=1))
    else:
        for line in _lines(scene, found):
            click.echo(line)
    if isinstance(found, str):
        return Exit.NOTHING_SELECTED
    return Exit.DONE if found is None else Exit.GATE_FAILED


@dataclass(frozen=True, slots=True)
class _Scene:
    """A case, a home and a seed. ``recorded`` is why it did not pass in the run, empty outside of a run."""

    case: Case
    home: HomeProfile
    seed: int
    recorded: tuple[str, ...] = ()
    frames: bool = False
    installed: InstalledHomes | None = None

    def play(self, capture: Path | None, *, frames: bool = False) -> Evidence | str | None:
        """None for a pass, the reason for not applying, or what was found."""
        from harness.emulators.home import HomeFactory  # noqa: PLC0415 - "--help" needs no devices
        from harness.execution.capturing import Recorded, write_capture  # noqa: PLC0415 - as above
        from harness.execution.perform import Station, seed_octets  # noqa: PLC0415 - as above

        homes = self.installed or Recorded(HomeFactory(seed_octets(self.seed), frames=frames or self.frames))
        found = Station(self.case, homes).execute(0, self.home)
        if self.installed is not None:
            self.installed.close()
        if capture is not None and homes.home is not None:
            keys = write_capture(capture, homes.home)
            if keys is not None:
                click.echo(f"keys of the frames: {keys}", err=True)
        return found


def _case(case_id: str, field: str) -> Case:
    from harness.cases.suite import case_by_id  # noqa: PLC0415 - see play

    try:
        return case_by_id(case_id)
    except KeyError:
        raise _problem(case_id, field, "expected a case, see harness cases list") from None


def _in_home(case_id: str, home: str | None, seed: int | None) -> _Scene:
    from harness.cli.selection import DEFAULT_SEED  # noqa: PLC0415 - see play
    from harness.execution.named_homes import home_of  # noqa: PLC0415 - see play

    if home is None:
        raise click.UsageError("expected RUN before the finding, or --home or --installed for a case")
    return _Scene(_case(case_id, "CASE"), home_of(home).profile, DEFAULT_SEED if seed is None else seed)


def _installed(case_id: str, choice: Mapping[str, Any]) -> _Scene:
    from harness.cli.by_hand import reachable  # noqa: PLC0415 - see play

    if choice["home"] is not None or choice["seed"] is not None or choice["frames"]:
        raise click.UsageError("--installed goes without --home, --seed and --frames")
    homes = reachable(choice["installed"], by_hand=choice["by_hand"])
    return _Scene(_case(case_id, "CASE"), homes.record.profile, homes.record.seed, installed=homes)


def _from_run(folder: Path, finding_id: str, choice: Mapping[str, Any]) -> _Scene:
    from harness.cli.report import findings_named  # noqa: PLC0415 - see play
    from harness.cli.selection import Selection  # noqa: PLC0415 - see play
    from harness.records.reader import RunReader  # noqa: PLC0415 - see play
    from test_matrix import load_matrix  # noqa: PLC0415 - see play

    if choice["home"] is not None or choice["seed"] is not None:
        raise click.UsageError("--home and --seed are those of the run where RUN is given")
    with RunReader(folder) as run:
        findings, number = findings_named(run, finding_id, "FINDING")
        said = Selection.of(run.manifest)
        recorded = tuple(finding.reason for finding in findings)
        if said.installed is not None:
            scene = _installed(finding_id.partition("@")[0], {**choice, "installed": said.installed})
            return replace(scene, recorded=recorded)
        matrix = load_matrix(said.matrix, cpl=said.cpl, level=said.level)
        _check_same_matrix(run, matrix)
        levels = findings[0].home if findings else run.combination(number).tolist()
        case = _case(finding_id.partition("@")[0], "FINDING")
        return _Scene(
            case,
            matrix.home(levels),
            run.manifest.seed,
            recorded,
            frames=run.manifest.frames,
        )


def _check_same_matrix(run: RunReader, matrix: Any) -> None:
    now = [[level.key for level in factor.levels] for factor in matrix.factors]
    then = [[level.key for level in factor.levels] for factor in run.manifest.factors]
    if now != then:
        raise _problem(
            str(run.path), "", f"expected the matrix {matrix.name} to have the devices that it had in the run"
        )


def _lines(scene: _Scene, found: Evidence | str | None) -> Iterator[str]:
    from harness.execution.telling import told  # noqa: PLC0415 - see play

    yield f"{scene.case.case_id}, seed {scene.seed}"
    for kind, profile in scene.home.devices.items():
        yield f"  {kind}: {profile.label} ({profile.key})"
    if found is None:
        yield f"PASS: {scene.case.title}"
    elif isinstance(found, str):
        yield f"NOT_APPLICABLE: {found}"
    else:
        yield from told(scene.case, found)
    yield from _compared(scene, found)


def _compared(scene: _Scene, found: Evidence | str | None) -> Iterator[str]:
    if scene.recorded:
        same = not isinstance(found, str) and found is not None and found.reason in scene.recorded
        yield "as the run recorded it" if same else f"the run recorded: {'; '.join(scene.recorded)}"


def _described(scene: _Scene, found: Evidence | str | None) -> dict[str, Any]:
    from harness.execution.telling import frame_differences  # noqa: PLC0415 - see play

    content: dict[str, Any] = {
        "case_id": scene.case.case_id,
        "seed": scene.seed,
        "home": {str(kind): profile.key for kind, profile in scene.home.devices.items()},
        "verdict": "PASS",
        "recorded": list(scene.recorded),
    }
    if isinstance(found, str):
        return content | {"verdict": "NOT_APPLICABLE", "reason": found}
    if found is None:
        return content
    return content | {
        "verdict": found.verdict.name,
        "reason": found.reason,
        "clause": found.clause,
        "expected": found.expected,
        "observed": found.observed,
        "why": scene.case.why,
        "differences": [
            {"field": one.path, "expected": one.expected, "came": one.came}
            for one in frame_differences(found.frames)
        ],
        "frames": [
            {
                "at": frame.at,
                "source": frame.source,
                "destination": frame.destination,
                "note": frame.note,
                "octets": frame.octets.hex(),
            }
            for frame in found.frames
        ],
    }


def _problem(source: str, field: str, expected: str) -> InputError:
    return InputError([InputProblem(source, 0, 0, field, expected)])
