"""The journeys across a home: enough of them, each possible in a sound home, on everything that has to be."""

from functools import cache

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.cases.case import Case
from harness.cases.suite import select
from harness.cases.trace import cases_by_journey


@cache
def clean_homes() -> tuple[HomeProfile, ...]:
    """As few homes as hold every built-in device without defects."""
    profiles = tuple(profile for model in catalogue() for profile in profiles_of(model))
    sound: dict[DeviceKind, list[DeviceProfile]] = {
        kind: [one for one in profiles if one.kind is kind and not one.firmware.defects]
        for kind in DeviceKind
    }
    most = max(map(len, sound.values()))
    return tuple(
        HomeProfile({kind: some[index % len(some)] for kind, some in sound.items()}) for index in range(most)
    )


def is_possible(case: Case) -> bool:
    return any(case.applies(home) is None for home in clean_homes())


NEEDED = {
    "a device comes onto the network": ("TC_CCS01_journey_joins_again_*",),
    "installation": ("TC_CCS01_journey_installed_*", "TC_CS03A1_journey_first_shown_*"),
    "decommissioning": ("TC_CCS02_journey_out_of_service_*",),
    "change of supplier": (
        "TC_CS02bSupplierByTransCoS_journey_old_supplier_*",
        "TC_CS02bSupplierByTransCoS_journey_next_day_*",
    ),
    "change of tenancy": (
        "TC_ECS12_journey_history_kept_*",
        *(
            f"TC_{name}_journey_{what}_*"
            for name in ("ECS12", "GCS09")
            for what in ("last_tenants", "new_tenants")
        ),
    ),
    "special days and seasons": ("TC_ECS01a_journey_special_day_*", "TC_ECS01a_journey_season_begins_*"),
    "time to join": ("TC_CCS01_journey_joins_late_*", "TC_CCS01_no_side_effect_joins_too_late_*"),
    "top-ups": (
        "TC_CS01[ab]_journey_token_twice_*",
        "TC_CS01[ab]_journey_pays_again_*",
        *(
            f"TC_CS01{fuel}_journey_{what}_*"
            for fuel in "ab"
            for what in ("keyed_in_once", "sent_then_keyed_in", "keyed_in_for_others", "over_limits")
        ),
    ),
    "lock-out": (
        "TC_PECS01_journey_locked_out_*",
        "TC_CS01[ab]_journey_locked_keys_*",
        "TC_CS01[ab]_journey_paid_while_locked_*",
    ),
    "emergency credit": ("TC_*_journey_lends_once_*", "TC_CS01[ab]_journey_borrows_and_turns_on_*"),
    "debt": ("TC_*_journey_spares_debtor_*", "TC_*_journey_debt_by_payment_*"),
    "disconnection": ("TC_*_journey_runs_out_*", "TC_[EG]CS03_journey_spares_night_*"),
    "controlled loads": (
        "TC_ECS46d_journey_by_calendar_*",
        "TC_ECS38_journey_put_off_*",
        "TC_ECS47a_journey_ordered_*",
        "TC_ECS47e_journey_held_back_*",
        "TC_ECS62_journey_boosted_*",
        "TC_ECS62_journey_boosted_long_*",
        "TC_ECS62_journey_boost_cancelled_*",
    ),
    "tariff change at midnight": (
        "TC_ECS01a_journey_price_at_midnight_*",
        "TC_ECS01a_journey_midnight_in_summer_*",
    ),
    "clock changes": ("TC_ECS22b_journey_clocks_change_*", "TC_ECS01a_journey_hours_in_*"),
    "settlement in parts": ("TC_ECS22b_journey_in_parts_*",),
    "outage": tuple(
        f"TC_ECS80_outage_{phase}{length}_*"
        for phase in ("", "phase_")
        for length in ("under", "just_under", "exactly", "just_over", "over")
    ),
    "voltage": ("TC_ECS29[ab]_journey_counted_*", "TC_ECS29[ab]_journey_*_and_its_end_*"),
    "load limiting": ("TC_ECS28a_journey_restored_*",),
    "firmware": (
        "TC_CS06_journey_register_kept_*",
        "TC_CS06_journey_other_image_*",
        "TC_CS06_future_dated_planned_*",
        "TC_CCS08_journey_updated_*",
        *(
            f"TC_{use_case}_journey_{what}_*"
            for use_case in ("ECS52", "CS06", "CCS08")
            for what in ("same_reads", "other_hardware", "unvouched")
        ),
        "TC_C*_journey_interrupted_*",
    ),
    "hub replacement": ("TC_*_journey_new_hub_*",),
    "device replacement": ("TC_CCS01_journey_new_device_*",),
    "certificate renewal": ("TC_CS02d_journey_renewed_*",),
    "credential recovery": ("TC_CS02bAnyExceptAbnormalRootByRecovery_journey_old_supplier_*",),
    "full logs": ("TC_*_full_log_*", "TC_ECS35[bd]_journey_overflows_*"),
    "loss of the wide area network": ("TC_home_wan_backlog_*", "TC_home_wan_undelivered_*"),
    "twin element": ("TC_ECS22b_journey_each_element_*", "TC_ECS01c_journey_own_tariff_*"),
    "polyphase": ("TC_ECS29b_journey_own_limits_*",),
    "versions mixed": ("TC_CS07_journey_older_than_hub_*", "TC_CS07_journey_newer_than_hub_*"),
    "sub-GHz duty cycle": ("TC_DBCH*_alert_*",),
}
"""What has to be gone through across a home, and the cases that do, which the suite has to hold."""


@pytest.mark.parametrize("pattern", [one for patterns in NEEDED.values() for one in patterns])
def test_what_has_to_be_gone_through_is(pattern: str) -> None:
    cases = select((pattern,))
    assert cases
    assert any(map(is_possible, cases))


def test_there_are_journeys_enough_and_each_is_possible_in_some_sound_home() -> None:
    journeys = cases_by_journey()
    assert len(journeys) >= 24
    assert [name for name, cases in journeys.items() if not any(map(is_possible, cases))] == []


def test_every_case_of_a_journey_is_under_its_name() -> None:
    named = [case.case_id for cases in cases_by_journey().values() for case in cases]
    assert sorted(named) == sorted(case.case_id for case in select(("journey",)))
