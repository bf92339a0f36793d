"""Which cases nothing is known to fail, and why: patterns of their ids by the reason.

A case that fails on no broken device may be one that cannot fail. Every other case is failed by a seeded
defect that it names or by a mutant; ``harness cases proofs`` finds out, and tests hold this table to it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

UNFAILED: Final[dict[str, tuple[str, ...]]] = {
    "a payload of another type does not decode, so whoever lets it pass has nothing to carry out": (
        "TC_*_wrong_type_*",
    ),
    "mutants are made of the use cases that a device has, so that none of them knows one that it has not": (
        "TC_*_unsupported_*",
        "TC_GCA_unassigned_code_*",
    ),
    "one device sends it to another on the home area network, and mutants break what remote parties send": (
        "TC_HECS*",
        "TC_PECS0[1-3]_*",
        "TC_P*CS0[1-3]_wrong_role_parted_*",
    ),
    "the newest device of its kind states none of the reads that are tried, and only it is broken": (
        "TC_statement_consistent_as_stated_7",
    ),
    "it compares what two displays show, and mutants break messages": ("TC_display_*",),
    "its alert has a form of its own, in ASN.1, and mutants break alerts by the codes in the others": (
        "TC_GCS62_alert_*",
    ),
}


def reason_for(case_id: str) -> str | None:
    """Why nothing fails a case; None where something ought to."""
    return next(
        (
            reason
            for reason, patterns in UNFAILED.items()
            if any(fnmatchcase(case_id, pattern) for pattern in patterns)
        ),
        None,
    )
