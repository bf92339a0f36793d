"""The manifest as a JSON document and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from harness.records.manifest import Manifest
from harness.records.types import CaseRecord, FactorRecord, LevelRecord


def encode_manifest(manifest: Manifest) -> str:
    """JSON text. ``complete`` is left out: it follows from what is stored."""
    content = asdict(manifest)
    del content["complete"]
    return json.dumps(content)


def decode_manifest(text: str, *, complete: bool) -> Manifest:
    """The manifest. Raises ValueError for a document that is none."""
    try:
        content: dict[str, Any] = json.loads(text)
        content["factors"] = tuple(
            FactorRecord(factor["name"], tuple(_level(level) for level in factor["levels"]))
            for factor in content["factors"]
        )
        content["cases"] = tuple(
            CaseRecord(**{**case, "participants": tuple(case["participants"])}) for case in content["cases"]
        )
        for pairs in ("versions", "plan_digests", "level_digests", "selection"):
            content[pairs] = tuple(tuple(entry) for entry in content[pairs])
        content["commands"] = tuple(content["commands"])
        return Manifest(**content, complete=complete)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"a damaged manifest: {error}") from None


def _level(content: dict[str, Any]) -> LevelRecord:
    attributes = tuple((str(name), str(value)) for name, value in content["attributes"])
    return LevelRecord(content["key"], content["label"], attributes)
