"""What checking a message adds to reading it, over the Reference Test Data Set.

The yardstick is the structural parse (envelope and payload to typed values) plus the primitives of
the check alone, on octets that are cut out beforehand; ``ratio`` in the extra information is the whole
way over that.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from harness.codecs.envelope import MessageParts, decode_message, split_message
from harness.codecs.payload import decode_payload
from harness.crypto.agreement import derive_key
from harness.crypto.inspection import mac_secrets
from harness.crypto.keystore import KeyStore, KeyUse
from harness.crypto.mac import message_mac
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.crypto.signature import verify

pytestmark = pytest.mark.rtds
ROUNDS = 7


class Case(NamedTuple):
    octets: bytes
    parts: MessageParts
    z: bytes
    public: EllipticCurvePublicKey | None


@pytest.fixture(scope="module")
def keys(rtds: Path) -> KeyStore:
    return KeyStore.open(rtds / "keystore")


@pytest.fixture(scope="module")
def cases(rtds: Path, keys: KeyStore) -> list[Case]:
    return [
        Case(
            octets, parts, _secret(octets, keys), keys.public_key(parts.originator, KeyUse.DIGITAL_SIGNATURE)
        )
        for octets in (bytes.fromhex(path.read_text()) for path in (rtds / "messages").rglob("*.HEX"))
        for parts in (split_message(octets),)
    ]


def _secret(octets: bytes, keys: KeyStore) -> bytes:
    if not split_message(octets).mac:
        return b""
    return next((z for z in mac_secrets(decode_message(octets), keys) if mac_holds(octets, z)), b"")


def _parse(case: Case) -> None:
    decode_payload(decode_message(case.octets))


def _mac_primitives(case: Case) -> None:
    parts = case.parts
    key = derive_key(
        case.z,
        originator=parts.originator,
        cra=parts.cra,
        counter=parts.originator_counter,
        recipient=parts.recipient,
    )
    message_mac(key, parts.originator, parts.authenticated)


def _parse_with_mac(case: Case) -> None:
    decode_payload(decode_message(case.octets))
    assert mac_holds(case.octets, case.z)


def _signature_primitives(case: Case) -> None:
    assert case.public is not None
    verify(case.public, case.parts.signature or b"", case.parts.signed)


def _parse_with_signature(case: Case) -> None:
    assert case.public is not None
    decode_payload(decode_message(case.octets))
    assert signature_holds(case.octets, case.public)


def _each(action: Callable[[Case], None], cases: Iterable[Case]) -> None:
    for case in cases:
        action(case)


def _fastest(action: Callable[[Case], None], cases: list[Case]) -> float:
    """Seconds of the fastest of some rounds over all cases."""

    def once() -> float:
        start = time.perf_counter()
        _each(action, cases)
        return time.perf_counter() - start

    return min(once() for _ in range(ROUNDS))


def _compare(
    benchmark: Any,
    whole: Callable[[Case], None],
    parts: tuple[Callable[[Case], None], ...],
    cases: list[Case],
) -> None:
    assert cases
    benchmark.pedantic(_each, (whole, cases), rounds=ROUNDS)
    spent = [_fastest(part, cases) for part in parts]
    benchmark.extra_info |= {
        "messages": len(cases),
        "microseconds each": round(benchmark.stats.stats.min / len(cases) * 1e6, 2),
        "of which, alone": [round(seconds / len(cases) * 1e6, 2) for seconds in spent],
        "ratio": round(benchmark.stats.stats.min / sum(spent), 3),
    }


def test_parse_and_check_the_mac(benchmark: Any, cases: list[Case]) -> None:
    with_mac = [case for case in cases if case.z]
    _compare(benchmark, _parse_with_mac, (_parse, _mac_primitives), with_mac)


def test_parse_and_verify_the_signature(benchmark: Any, cases: list[Case]) -> None:
    signed = [case for case in cases if case.parts.signature]
    _compare(benchmark, _parse_with_signature, (_parse, _signature_primitives), signed)


def test_check_the_mac_alone(benchmark: Any, cases: list[Case]) -> None:
    """On octets as they arrive: the budget is 10 microseconds."""
    with_mac = [case for case in cases if case.z]

    def check(case: Case) -> None:
        assert mac_holds(case.octets, case.z)

    _compare(benchmark, check, (_mac_primitives,), with_mac)


def test_put_a_mac_on(benchmark: Any, cases: list[Case]) -> None:
    messages = [(decode_message(case.octets), case) for case in cases if case.z]
    made = {id(case): message for message, case in messages}

    def build(case: Case) -> None:
        protect(made[id(case)], mac_secret=case.z)

    _compare(benchmark, build, (_mac_primitives,), [case for _, case in messages])
