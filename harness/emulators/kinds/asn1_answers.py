"""Which use cases with an ASN.1 payload each kind of device answers."""

from __future__ import annotations

from typing import Final

from harness.emulators.asn1_answer import Asn1Answer

CREDENTIALS_ANSWER: Final[dict[str, Asn1Answer]] = {}
LOGGING_ANSWERS: Final = {**CREDENTIALS_ANSWER}
METER_ANSWERS: Final = {**LOGGING_ANSWERS}
