"""Prepayment tokens: the unique transaction reference number, twenty digits (GBCS 14).

::

    PTUT, 64 bits       0 (7) · counter bits 32-41 (10) · value class (2) · value (13) · check (32)
    check               last four octets of the GMAC (16 octets) over
                        11 00000000 00 · originator(8) · target(8) · 01 · counter(8) · high half of the PTUT
    PPTD, 19 digits     7394156990786306048 + PTUT
    UTRN, 20 digits     PPTD and one check digit

The GMAC's key comes from the shared secret of the supplier's prepayment key and the meter's key
agreement key, with CRA 01. The low 32 bits of the counter are zero. Bits and octets stand most
significant first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hmac import compare_digest
from itertools import cycle, islice
from typing import Final

from harness.codecs.message import Cra
from harness.crypto.agreement import derive_key
from harness.crypto.errors import TokenError
from harness.crypto.mac import gmac

DIGITS: Final = 20
COUNTER_STEP: Final = 1 << 32
"""Token counters are multiples of this."""
MAX_VALUE: Final = (1 << 13) - 1
_OFFSET: Final = 7394156990786306048
COUNTER_BITS: Final = 10
_PTUT_BITS: Final = 57
"""Bits of the PTUT that may be set."""
_CHECK_LENGTH: Final = 4


class ValueClass(IntEnum):
    """The unit of a token's value. Classes 2 and 3 are reserved."""

    PENCE = 0
    POUNDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a UTRN says.

    ``counter_bits`` are bits 32 to 41 of the counter, 0 to 1023; ``value`` is 0 to 8191 in units of
    its class; ``check`` is 4 octets.
    """

    counter_bits: int
    value_class: ValueClass
    value: int
    check: bytes

    @property
    def pence(self) -> int:
        """The amount in pence."""
        return self.value * 100 if self.value_class is ValueClass.POUNDS else self.value

    def counter_from(self, floor: int = 0) -> int:
        """The smallest counter not below ``floor`` that this token can be of, a multiple of 2^32.

        Raises TokenError where no 64 bit counter is.
        """
        step = -(-floor // COUNTER_STEP)
        step += (self.counter_bits - step) % (1 << COUNTER_BITS)
        if not 0 <= step < COUNTER_STEP:
            raise TokenError(f"counter: no token counter of 64 bits from {floor} on")
        return step * COUNTER_STEP


def check_digit(digits: str) -> str:
    """The check digit of a number: Verhoeff's scheme with the rows of its permutation shifted.

    From the most significant digit on, the rows are 4 5 6 7 0 1 2 3 4 … . Raises TokenError for
    anything but decimal digits.
    """
    _require_digits(digits)
    interim = 0
    for digit, row in zip(digits, islice(cycle(_PERMUTATION), 4, None), strict=False):
        interim = _PRODUCT[interim][row[int(digit)]]
    return str(_CLOSING[interim])


def check_digit_holds(utrn: str) -> bool:
    """Whether twenty digits end in their check digit. Raises TokenError for anything but twenty digits."""
    _require_digits(utrn)
    if len(utrn) != DIGITS:
        raise TokenError(f"UTRN: expected {DIGITS} digits, got {len(utrn)}")
    return check_digit(utrn[:-1]) == utrn[-1]


def parse_token(utrn: str) -> Token:
    """What a UTRN says; whether its check value is right needs keys (``token_holds``).

    Raises TokenError where it is not twenty digits, the check digit is wrong, the number is out of the
    range of tokens, or the value class is reserved.
    """
    if not check_digit_holds(utrn):
        raise TokenError(f"UTRN: the check digit of {utrn} is not {utrn[-1]} but {check_digit(utrn[:-1])}")
    ptut = int(utrn[:-1]) - _OFFSET
    if not 0 <= ptut < 1 << _PTUT_BITS:
        raise TokenError(f"UTRN: {utrn} is outside the range of tokens")
    value_class = ptut >> 45 & 3
    if value_class not in _VALUE_CLASSES:
        raise TokenError(f"UTRN: value class {value_class} of {utrn} is reserved")
    return Token(
        counter_bits=ptut >> 47,
        value_class=ValueClass(value_class),
        value=ptut >> 32 & MAX_VALUE,
        check=(ptut & 0xFFFF_FFFF).to_bytes(_CHECK_LENGTH, "big"),
    )


def format_token(token: Token) -> str:
    """The UTRN of a token, twenty digits. Raises TokenError for a field out of range."""
    if len(token.check) != _CHECK_LENGTH:
        raise TokenError(f"check: expected {_CHECK_LENGTH} octets, got {len(token.check)}")
    ptut = _upper_half(token.counter_bits, token.value_class, token.value) << 32
    digits = str(_OFFSET + ptut + int.from_bytes(token.check, "big"))
    return digits + check_digit(digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScope:
    """For whom a token counts: supplier and meter (entity identifiers, 8 octets) and the token's counter.

    ``counter`` is 64 bit with the low 32 bits zero, and each token's is above the one before.
    """

    originator: bytes
    target: bytes
    counter: int


def make_token(z: bytes, scope: TokenScope, value: int, value_class: ValueClass) -> str:
    """A UTRN, twenty digits, worth ``value`` (0 to 8191) units of ``value_class``.

    ``z`` is the shared secret, 32 octets, of the supplier's prepayment key and the meter's key
    agreement key. Raises TokenError for a value or counter out of range.
    """
    bits = _counter_bits(scope.counter)
    check = _check(z, scope, _upper_half(bits, value_class, value))
    return format_token(Token(counter_bits=bits, value_class=value_class, value=value, check=check))


def token_holds(token: Token, z: bytes, scope: TokenScope) -> bool:
    """Whether a token is one for this supplier, meter and counter. Compares in constant time.

    Raises TokenError for a counter that no token has.
    """
    if token.counter_bits != _counter_bits(scope.counter):
        return False
    upper = _upper_half(token.counter_bits, token.value_class, token.value)
    return compare_digest(_check(z, scope, upper), token.check)


def _check(z: bytes, scope: TokenScope, upper: int) -> bytes:
    originator, target, counter = scope.originator, scope.target, scope.counter
    key = derive_key(z, originator=originator, cra=Cra.COMMAND, counter=counter, recipient=target)
    transaction = bytes((Cra.COMMAND,)) + counter.to_bytes(8, "big")
    covered = originator + target + transaction + upper.to_bytes(4, "big")
    return gmac(key, originator, covered)[-_CHECK_LENGTH:]


def _counter_bits(counter: int) -> int:
    if not 0 <= counter < 1 << 64 or counter % COUNTER_STEP:
        raise TokenError(f"counter: expected a multiple of 2^32 below 2^64, got {counter}")
    return counter // COUNTER_STEP % (1 << COUNTER_BITS)


def _upper_half(counter_bits: int, value_class: int, value: int) -> int:
    """High 32 bits of the PTUT."""
    if not 0 <= counter_bits < 1 << COUNTER_BITS:
        raise TokenError(f"counter: expected 10 bits, got {counter_bits}")
    if value_class not in _VALUE_CLASSES:
        raise TokenError(f"value class: {value_class} is reserved")
    if not 0 <= value <= MAX_VALUE:
        raise TokenError(f"value: expected 0 to {MAX_VALUE}, got {value}")
    return counter_bits << 15 | value_class << 13 | value


def _require_digits(digits: str) -> None:
    if not (digits.isascii() and digits.isdigit()):
        raise TokenError("UTRN: expected decimal digits alone")


def _permutations() -> tuple[tuple[int, ...], ...]:
    """Row n is the basic permutation applied n times."""
    basic = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    rows = [tuple(range(10))]
    while len(rows) < 8:
        rows.append(tuple(rows[-1][digit] for digit in basic))
    return tuple(rows)


def _product(left: int, right: int) -> int:
    """Product in the dihedral group of order ten: 0-4 turn a pentagon, 5-9 turn it over first."""
    if left < 5:
        return (left + right) % 5 + (right // 5) * 5
    return (left - right) % 5 + (1 - right // 5) * 5


_VALUE_CLASSES: Final = frozenset(ValueClass)
_PERMUTATION: Final = _permutations()
_PRODUCT: Final = tuple(tuple(_product(left, right) for right in range(10)) for left in range(10))
_CLOSING: Final = (1, 2, 6, 7, 5, 8, 3, 0, 9, 4)
"""GBCS closes with this row where Verhoeff takes the inverse."""
