"""Which cases catch which of the defects seen in the field: names of cases, with the wildcards of the shell.

Every case named here fails on some device that carries the defect, and each device that can carry it is
failed by at least one of them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

CAUGHT_BY: Final[dict[str, tuple[str, ...]]] = {
    "activation-unanswered": ("TC_CS06_nominal_*", "TC_CS06_journey_activated_twice_*"),
    "alert-outside-the-list": ("TC_ECS80_outage_*",),
    "alert-sent-again": ("TC_GCA_authentication_failure_[1-4]", "TC_ECS80_outage_*"),
    "elements-swapped": ("TC_ECS17b_nominal_1",),
    "energy-in-volume-field": ("TC_GCS13a_nominal_[12]",),
    "failed-authentication-unreported": ("TC_GCA_authentication_failure_*",),
    "firmware-version-as-decimal": ("TC_ECS52_nominal_[1-3]",),
    "half-hour-log-late": ("TC_ECS22b_nominal_1", "TC_ECS22b_consistent_1"),
    "history-refused-without-time": ("TC_ECS22b_journey_unreliable_clock_1",),
    "image-hash-compared-as-text": ("TC_CS06_nominal_*",),
    "outage-length-misjudged": ("TC_ECS80_outage_over_1",),
    "own-counter-missing": (
        "TC_ECS21[ab]_unknown_party_1",
        "TC_ECS22b_unknown_party_1",
        "TC_GCS16a_unknown_party_1",
    ),
    "proxy-version-reversed": ("TC_GCS38_nominal_1",),
    "register-lost-on-update": ("TC_CS06_journey_register_kept_*",),
    "response-without-time": ("TC_CS06_nominal_*", "TC_ECS17b_nominal_1", "TC_GCS13a_nominal_[12]"),
    "short-form-of-long-length": ("TC_CS02a_nominal_[1-4]",),
}


def defects_caught_by(case_id: str) -> tuple[str, ...]:
    """The defects that a case catches, by their ids."""
    return tuple(
        defect
        for defect, patterns in CAUGHT_BY.items()
        if any(fnmatchcase(case_id, pattern) for pattern in patterns)
    )
