"""The list of mutants that no case fails, each with the reason why: a YAML file that is brought up to date.

``mutants`` in it is how many there are, ``least_share_caught`` what share must be caught, and ``survivors``
the names under each reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from device_profiles.errors import InputError, InputProblem

if TYPE_CHECKING:
    from harness.execution.mutation import Hunted

NOT_YET: Final = "not looked into yet"
_HEAD: Final = """\
# Mutants that no case fails, by the reason why; "harness cases mutants --update FILE" writes it anew.
# Reasons go by kind of survivor: what all mutants of one kind have in common, not looked into one by one.
"""


def update_survivors(path: Path, found: Iterable[Hunted]) -> tuple[int, int]:
    """Write the list anew: those that are caught now go, new ones are put where a reason is still owed.

    Gives how many went and how many came. Raises InputError for a file that is no such list, and OSError.
    """
    before = _read(path)
    reasons = {name: reason for reason, names in before["survivors"].items() for name in names}
    hunted = list(found)
    now = [one.name for one in hunted if one.caught_by is None]
    survivors: defaultdict[str, list[str]] = defaultdict(list)
    for name in now:
        survivors[reasons.get(name, NOT_YET)].append(name)
    content = {
        "least_share_caught": before["least_share_caught"],
        "mutants": len(hunted),
        "survivors": {reason: survivors[reason] for reason in sorted(survivors)},
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=200)
    path.write_text(_HEAD + text, encoding="utf-8")
    return len(reasons.keys() - set(now)), len(set(now) - reasons.keys())


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _refusal(path, str(error).splitlines()[0]) from None
    if not isinstance(content, dict) or not {"survivors", "least_share_caught"} <= content.keys():
        raise _refusal(path, "expected survivors by reason, and least_share_caught")
    return content


def _refusal(path: Path, expected: str) -> InputError:
    return InputError([InputProblem(str(path), 0, 0, "", expected)])
