"""What an order says beyond its use case: which part of a log, when a change takes effect, values given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from harness.cases.cosem_values import Filling, Value, date_time
from harness.cases.zcl_requests import IMMEDIATELY, NEVER, ZclFilling
from harness.codecs import cosem_date_time
from harness.codecs.cosem_date_time import CosemDateTime
from harness.network.clock import DAY, Instant, datetime_of, utc_time_of

_ASN1_NEVER: Final = "99991231235959Z"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order says beyond its use case.

    ``span`` is the part of a log that is read, else the day that ends with the order. ``effective`` is
    when a change takes effect, None for at once; ``cancelled`` takes back what was planned. ``given``
    are values by the name or title of what they are for.
    """

    span: tuple[Instant, Instant] | None = None
    effective: Instant | None = None
    cancelled: bool = False
    given: tuple[tuple[str, Value], ...] = ()

    def planned_for(self, moment: Instant) -> Terms:
        """The same, taking effect at a moment."""
        return replace(self, effective=moment, cancelled=False)

    def taken_back(self) -> Terms:
        """The same, never to take effect."""
        return replace(self, effective=None, cancelled=True)


AT_ONCE: Final = Terms()


def terms_of(argument: object) -> Terms:
    """The terms in an order's argument: a bare tuple of two instants is a span, anything else no terms."""
    if isinstance(argument, Terms):
        return argument
    if isinstance(argument, tuple) and len(argument) == 2 and all(type(one) is int for one in argument):
        return Terms(span=argument)
    return AT_ONCE


def log_range(at: Instant, argument: object) -> tuple[Instant, Instant]:
    """The part of a log that an order is about, the day that ends with it where it does not say."""
    return terms_of(argument).span or (Instant(at - DAY), at)


def cosem_filling(at: Instant, terms: Terms, specific: tuple[tuple[str, Value], ...] = ()) -> Filling:
    """What COSEM values of an order follow from; ``specific`` are those of its use case."""
    activation = cosem_date_time.NOW
    if terms.cancelled:
        activation = cosem_date_time.NEVER
    elif terms.effective is not None:
        activation = CosemDateTime.from_octets(date_time(terms.effective))
    return Filling(at, activation, (*terms.given, *specific))


def zcl_filling(at: Instant, terms: Terms) -> ZclFilling:
    """What ZCL values of an order follow from."""
    activation = NEVER if terms.cancelled else IMMEDIATELY
    if terms.effective is not None:
        activation = utc_time_of(terms.effective)
    return ZclFilling(at, log_range(at, terms), activation, terms.given)


def execution_time(terms: Terms) -> str | None:
    """When an ASN.1 command is to be carried out, None for at once."""
    if terms.cancelled:
        return _ASN1_NEVER
    return None if terms.effective is None else generalized(terms.effective)


def generalized(moment: Instant) -> str:
    """An instant as GeneralizedTime."""
    return datetime_of(moment).strftime("%Y%m%d%H%M%SZ")
