"""Use cases of electricity meters: registers, half-hour log, load switch, balance and clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, EsmeVariant
from harness.cases.case import CheckFailed, preamble
from harness.cases.cosem_answers import (
    data_text,
    expect_data,
    items_done,
    number_of,
    octets_of,
    structure_of,
    tag_text,
    unprotected,
)
from harness.cases.cosem_requests import constant_of, tag_of
from harness.cases.inspection import check_moment, moment_of, time_text
from harness.cases.observation import (
    balance_left,
    expect_between,
    expect_display,
    expect_right_clock,
    register_shown,
    supply_state,
)
from harness.cases.subject import Subject
from harness.cases.terms import log_range
from harness.codecs.cosem_data import NULL, CompactArray, Data, DataTag
from harness.codecs.cosem_date_time import LENGTH, CosemDateTime
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, SECOND, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.gbcs.use_case import CosemRow

HALF_HOUR: Final = Duration(30 * MINUTE)
_ESME: Final = DeviceRole.ESME
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_SWITCH_CLAUSE: Final = "SMETS2 5.6.3.11, 5.6.3.12"
_BALANCE_CLAUSE: Final = "SMETS2 5.6.3.29"
_REGISTER_CLAUSE: Final = "SMETS2 5.7.5.3"
_LOG_CLAUSE: Final = "SMETS2 5.7.5.27"


def read_import(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS17b: read and check the import registers."""
    before = register_shown(bench, _ESME, Display.IMPORT_REGISTER)
    answer = bench.exchange(subject.command(bench, role))
    values = _registers_in(answer)
    _check_values(values, _rows_of(subject, bench, len(values)))
    after = register_shown(bench, _ESME, Display.IMPORT_REGISTER)
    expect_between(active_import_in(answer), before, after, _REGISTER_CLAUSE, "active import in Wh")


def active_import_in(answer: Answer) -> int:
    """The active import of the primary element, in Wh, that an answer to ECS17b says."""
    active = _registers_in(answer)[0]
    return number_of(active, DataTag.DOUBLE_LONG_UNSIGNED, _REGISTER_CLAUSE, "active import")


def element_imports_in(answer: Answer) -> tuple[int, int]:
    """The active import of the primary and of the secondary element, in Wh, that an answer to ECS17b says."""
    *_, last = _registers_in(answer)
    secondary = number_of(last, DataTag.DOUBLE_LONG_UNSIGNED, _REGISTER_CLAUSE, "secondary active import")
    return active_import_in(answer), secondary


def _registers_in(answer: Answer) -> list[Data]:
    (registers,) = structure_of(unprotected(answer), 1, _REGISTER_CLAUSE, "the protected attributes")
    return list(_leaves(registers))


def read_log(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS22b: read and check the last day of the half-hour log."""
    log_entries(bench, bench.exchange(subject.command(bench, role)))


def log_entries(bench: Bench, answer: Answer) -> tuple[tuple[int, ...], ...]:
    """Entries of the half-hour log in an answer, without their times; checked against the range asked for."""
    (log,) = structure_of(unprotected(answer), 1, _LOG_CLAUSE, "the protected attributes")
    entries = [_numbers(entry) for entry in _entries(log)]
    order = answer.command.order
    _check_stamps([entry[0] for entry in entries], *log_range(order.at, order.argument))
    twin = _has_two_elements(bench)
    columns = {len(entry) - 1 for entry in entries}
    if twin is not None and columns - {1 + twin}:
        raise CheckFailed(_LOG_CLAUSE, f"{1 + twin} values in each entry", f"{sorted(columns)} values")
    return tuple(entry[1:] for entry in entries)


def reset_balance(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS04b: put every balance to nought."""
    _expect_nothing_back(items_done(bench.exchange(subject.command(bench, role))))
    expect_display(bench, _ESME, Display.METER_BALANCE, "0", _BALANCE_CLAUSE)


def close_switch(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS42: close the load switch, which was opened before."""
    with preamble():
        open_switch_first(bench)
    _expect_nothing_back(items_done(bench.exchange(subject.command(bench, role))))
    expect_display(bench, _ESME, Display.SUPPLY_STATE, "enabled", _SWITCH_CLAUSE)


def open_switch(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS43: open the load switch."""
    _expect_nothing_back(items_done(bench.exchange(subject.command(bench, role))))
    expect_display(bench, _ESME, Display.SUPPLY_STATE, "disabled", _SWITCH_CLAUSE)


def open_switch_first(bench: Bench) -> None:
    """Bring the meter into the state in which closing the switch shows."""
    items_done(bench.exchange(bench.command("ECS43", _ESME, _SUPPLIER)))


def set_clock(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """ECS70: set the clock within a range around the present."""
    clause = "SMETS2 5.6.3.32"
    command = subject.command(bench, role)
    answer = bench.exchange(command)
    *done, time, status = items_done(answer)
    _expect_nothing_back(done)
    stamp = octets_of(time, clause, "the time", LENGTH)
    moment = moment_of(CosemDateTime.from_octets(stamp), clause)
    check_moment(moment, command.order.at, answer.at, clause, "the meter's time")
    expect_data(status, Data(DataTag.UNSIGNED, 0), clause, "the status of the clock")
    expect_right_clock(bench, subject.target)


def _has_two_elements(bench: Bench) -> bool | None:
    """Whether the meter has a second element; None where its profile does not say."""
    profile = bench.port.profile.get(DeviceKind.ESME)
    variant = None if profile is None else profile.model.variant
    return None if variant is None else variant is EsmeVariant.TWIN_ELEMENT


def _rows_of(subject: Subject, bench: Bench, count: int) -> list[CosemRow]:
    """The catalogue's rows of what is read: with the second element's where the meter has, or shows, one."""
    rows = [row for row in subject.row.cosem if row.sensitive]
    twin = _has_two_elements(bench)
    if twin is None:
        twin = count == len(rows)
    return [row for row in rows if twin or not row.twin_element]


def _leaves(data: Data) -> Iterator[Data]:
    if data.tag is DataTag.STRUCTURE and isinstance(data.value, tuple):
        for member in data.value:
            yield from _leaves(member)
    else:
        yield data


def _check_values(values: list[Data], rows: list[CosemRow]) -> None:
    """Check types, and what the catalogue holds constant: scalers and units."""
    if len(values) != len(rows):
        raise CheckFailed(_REGISTER_CLAUSE, f"{len(rows)} values", f"{len(values)} values")
    for value, row in zip(values, rows, strict=True):
        constant = constant_of(row)
        if constant is not None:
            expect_data(value, constant, row.reference, row.name)
        elif value.tag is not tag_of(row):
            raise CheckFailed(row.reference, f"{row.name}: {tag_text(tag_of(row))}", data_text(value))


def _entries(log: Data) -> tuple[Data, ...]:
    value = log.value
    if isinstance(value, CompactArray):
        return value.elements or ()
    raise CheckFailed(_LOG_CLAUSE, "the log as a compact array", data_text(log))


def _numbers(entry: Data) -> tuple[int, ...]:
    members = structure_of(entry, None, _LOG_CLAUSE, "an entry")
    return tuple(
        number_of(one, DataTag.DOUBLE_LONG_UNSIGNED, _LOG_CLAUSE, "a number in the log") for one in members
    )


def _check_stamps(stamps: list[int], start: Instant, end: Instant) -> None:
    """Check that the entries are those of the range: one for each half hour that ended in it."""
    first = -(-start // HALF_HOUR) * HALF_HOUR
    wanted = [moment // SECOND for moment in range(first, end + 1, HALF_HOUR)]
    if stamps != wanted:
        raise CheckFailed(
            _LOG_CLAUSE,
            f"{len(wanted)} entries, one for each half hour from {_stamp_text(wanted)}",
            f"{len(stamps)} entries from {_stamp_text(stamps)}",
        )


def _stamp_text(stamps: list[int]) -> str:
    if not stamps:
        return "none to none"
    return " to ".join(time_text(Instant(stamp * SECOND)) for stamp in (stamps[0], stamps[-1]))


def _expect_nothing_back(data: Iterable[Data]) -> None:
    for datum in data:
        expect_data(datum, NULL, "GBCS 7.2.10", "data of an item that returns nothing")


IMPORT_REGISTERS: Final = Subject(
    use_case="ECS17b",
    target=_ESME,
    number=1,
    doing="reading the import registers",
    matters="bills are made from this value, its unit and its time",
    verify=read_import,
)
HALF_HOUR_LOG: Final = Subject(
    use_case="ECS22b",
    target=_ESME,
    number=1,
    doing="reading the half-hour import log",
    matters="settlement takes every half hour once, and none twice",
    verify=read_log,
)
BALANCE_RESET: Final = Subject(
    use_case="ECS04b",
    target=_ESME,
    number=1,
    doing="resetting the meter balance",
    matters="the next customer must not pay the last one's debt",
    verify=reset_balance,
    effect=partial(balance_left, role=_ESME),
)
SWITCH_CLOSED: Final = Subject(
    use_case="ECS42",
    target=_ESME,
    number=1,
    doing="closing the load switch",
    matters="a home gets its supply back without a visit",
    verify=close_switch,
    prepare=open_switch_first,
    effect=partial(supply_state, role=_ESME),
)
SWITCH_OPENED: Final = Subject(
    use_case="ECS43",
    target=_ESME,
    number=1,
    doing="opening the load switch",
    matters="whoever can do this can cut off a home",
    verify=open_switch,
    effect=partial(supply_state, role=_ESME),
)
CLOCK_SET: Final = Subject(
    use_case="ECS70",
    target=_ESME,
    number=1,
    doing="setting the clock",
    matters="registers, logs and tariffs hang on the meter's time",
    verify=set_clock,
)
SUBJECTS: Final[tuple[Subject, ...]] = (
    IMPORT_REGISTERS,
    HALF_HOUR_LOG,
    BALANCE_RESET,
    SWITCH_CLOSED,
    SWITCH_OPENED,
    CLOCK_SET,
    # A SAPC keeps time as a meter does.
    Subject(
        use_case="ECS70",
        target=DeviceRole.SAPC,
        number=2,
        doing="setting the clock",
        matters="an appliance that is switched by time follows this clock",
        verify=set_clock,
    ),
)
