"""What a model supports, as ``harness profiles show`` prints it: an implementation conformance statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from device_profiles import profiles_of
from harness.cli.columns import in_columns
from harness.emulators.statement import Statement, SupportedUseCase, statements_of

if TYPE_CHECKING:
    from device_profiles.model import DeviceModel, DeviceProfile
    from harness.gbcs.roles import DeviceRole
    from harness.gbcs.use_case import UseCase

_USE_CASES = ("USE CASE", "CODE", "TYPE", "GBCS", "FROM", "FIRMWARES", "TITLE")
_ITEMS = ("ITEM", "ACCESS", "FIRMWARES", "NAME", "USE CASES")
_Stated = list[tuple["DeviceProfile", Statement]]


def statement_lines(model: DeviceModel) -> Iterator[str]:
    """Use cases, alerts and items of each function in the box, with the firmwares that have them."""
    for role, stated in _by_role(model).items():
        yield f"{role.name}: use cases"
        yield from in_columns(_USE_CASES, _use_case_rows(stated, alerts=False))
        yield ""
        yield f"{role.name}: alerts"
        yield from in_columns(_USE_CASES, _use_case_rows(stated, alerts=True))
        yield ""
        yield f"{role.name}: objects and attributes"
        yield from in_columns(_ITEMS, _item_rows(stated))
        yield ""


def described_statement(model: DeviceModel) -> list[dict[str, Any]]:
    """The same for machines: one entry for each function and firmware entry."""
    return [
        {
            "role": role.name,
            "firmware": profile.firmware.version,
            "specification": str(profile.firmware.specification),
            "gbcs": str(profile.firmware.gbcs),
            "use_cases": [_entry(one) for one in statement.commands],
            "alerts": [_entry(one) for one in statement.alerts],
            "items": [
                {
                    "item": item.where,
                    "name": item.name,
                    "access": list(item.access),
                    "use_cases": list(item.use_cases),
                }
                for item in statement.items
            ],
        }
        for role, stated in _by_role(model).items()
        for profile, statement in stated
    ]


def _by_role(model: DeviceModel) -> dict[DeviceRole, _Stated]:
    found: dict[DeviceRole, _Stated] = {}
    for profile in profiles_of(model):
        for statement in statements_of(profile):
            found.setdefault(statement.role, []).append((profile, statement))
    return found


def _use_case_rows(stated: _Stated, *, alerts: bool) -> Iterator[tuple[str, ...]]:
    having: dict[str, tuple[SupportedUseCase, list[DeviceProfile]]] = {}
    for profile, statement in stated:
        for one in statement.alerts if alerts else statement.commands:
            having.setdefault(one.use_case.id, (one, []))[1].append(profile)
    for name in sorted(having):
        one, profiles = having[name]
        yield (
            name,
            _codes(one.use_case),
            one.use_case.message_type.value,
            _versions(one.use_case),
            _roles(one),
            _firmwares(profiles, stated),
            one.use_case.title,
        )


def _item_rows(stated: _Stated) -> Iterator[tuple[str, ...]]:
    having: dict[str, tuple[str, set[str], set[str], list[DeviceProfile]]] = {}
    for profile, statement in stated:
        for item in statement.items:
            _, access, names, profiles = having.setdefault(item.where, (item.name, set(), set(), []))
            access.update(item.access)
            names.update(item.use_cases)
            profiles.append(profile)
    for where in sorted(having):
        name, access, names, profiles = having[where]
        yield (
            where,
            ", ".join(sorted(access)),
            _firmwares(profiles, stated),
            name,
            ", ".join(sorted(names)),
        )


def _codes(use_case: UseCase) -> str:
    return ", ".join(f"{code:04X}" for code in use_case.message_codes)


def _versions(use_case: UseCase) -> str:
    since, until = use_case.since, use_case.until
    if until is not None:
        return f"{since or ''}-{until}"
    return "all" if since is None else f"{since}-"


def _roles(one: SupportedUseCase) -> str:
    return ", ".join(role.name.lower() for role in sorted(one.roles)) or "-"


def _firmwares(having: Iterable[DeviceProfile], stated: _Stated) -> str:
    some = list(having)
    if len(some) == len(stated):
        return "all"
    return ", ".join(f"{profile.firmware.version} (GBCS {profile.firmware.gbcs})" for profile in some)


def _entry(one: SupportedUseCase) -> dict[str, Any]:
    return {
        "id": one.use_case.id,
        "title": one.use_case.title,
        "message_codes": [f"0x{code:04X}" for code in one.use_case.message_codes],
        "message_type": one.use_case.message_type.value,
        "roles": [role.name.lower() for role in sorted(one.roles)],
        "since": one.use_case.since,
        "until": one.use_case.until,
    }
