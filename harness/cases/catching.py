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
    "cancellation-ignored": (
        "TC_ECS0[123]*_future_dated_cancelled_1",
        "TC_GCS0[123]*_future_dated_cancelled_1",
        "TC_CS06_future_dated_cancelled_[12]",
    ),
    "certificate-path-not-checked": ("TC_CS02b*_other_root_?",),
    "certificate-role-not-checked": ("TC_CS02b*_other_role_?",),
    "certificate-use-not-checked": ("TC_CS02b*_other_use_?",),
    "component-sequence-restarts": ("TC_GCS01[ab]_nominal_1", "TC_GCS05_nominal_1"),
    "debt-cap-ignored": ("TC_*_journey_debt_by_payment_1",),
    "debt-collected-in-emergency": ("TC_*_journey_spares_debtor_1",),
    "demand-times-outside-template": ("TC_ECS18b_nominal_1",),
    "disablement-unreported": ("TC_*_journey_runs_out_1",),
    "display-dark-after-tenancy": ("TC_ECS12_journey_new_tenants_[12]", "TC_GCS09_journey_new_tenants_[12]"),
    "display-dark-after-update": ("TC_CS06_journey_display_lit_1",),
    "duplicate-token-unanswered": ("TC_CS01b_journey_token_twice_1",),
    "duplicates-forwarded": ("TC_CS02a_journey_answered_once_[34]",),
    "elements-swapped": ("TC_ECS17b_nominal_1",),
    "emergency-credit-twice": ("TC_*_journey_lends_once_1",),
    "energy-in-volume-field": ("TC_GCS13a_nominal_[12]",),
    "event-configuration-unanswered": ("TC_GCS20r_journey_unconfigured_1",),
    "failed-authentication-unreported": ("TC_GCA_authentication_failure_*",),
    "firmware-version-as-decimal": ("TC_ECS52_nominal_[1-3]",),
    "first-supplier-shown": ("TC_CS02bSupplierByTransCoS_journey_next_day_?",),
    "flow-limit-in-whole-units": ("TC_GCS24a_consistent_as_fine_1",),
    "full-device-log-unreported": ("TC_CS03*_consistent_full_log_?", "TC_CCS01_consistent_full_log_1"),
    "full-security-log-overwritten": ("TC_ECS35b_journey_overflows_2",),
    "future-dated-at-once": ("TC_CS06_future_dated_planned_[12]", "TC_[EG]CS0[123]*_future_dated_planned_1"),
    "future-dated-never": ("TC_CS06_future_dated_planned_[12]", "TC_[EG]CS0[123]*_future_dated_planned_1"),
    "future-dated-unreported": (
        "TC_CS06_future_dated_planned_[12]",
        "TC_[EG]CS0[123]*_future_dated_planned_1",
    ),
    "gas-meter-kept-out": ("TC_CCS01_journey_joins_again_2",),
    "gas-meter-polls-too-seldom": ("TC_CS02a_journey_fetched_4",),
    "half-hour-log-late": ("TC_ECS22b_nominal_1", "TC_ECS22b_consistent_1"),
    "history-hidden-from-supplier": ("TC_ECS12_journey_history_kept_1",),
    "history-refused-without-time": ("TC_ECS22b_journey_unreliable_clock_1",),
    "hub-registers-again-at-once": ("TC_DBCH04_journey_quiet_1",),
    "image-hash-compared-as-text": ("TC_CS06_nominal_*",),
    "image-unverified": ("TC_CS06_journey_unvouched_?", "TC_CCS08_journey_unvouched_?"),
    "images-of-displays-ignored": ("TC_CCS08_journey_updated_[12]",),
    "interrupted-image-dropped": ("TC_*_journey_interrupted_?",),
    "invoke-id-not-echoed": ("TC_ECS52_nominal_[1-3]",),
    "joining-left-open": ("TC_CCS01_no_side_effect_joins_too_late_?",),
    "last-tenants-shown": ("TC_ECS12_journey_last_tenants_[12]", "TC_GCS09_journey_last_tenants_[12]"),
    "load-limit-restored-early": ("TC_ECS28a_journey_restored_1",),
    "long-transmissions-rejected": ("TC_*_journey_long_message_1",),
    "mac-not-checked": ("TC_CS02a_corrupted_mac_[1-6]", "TC_ECS52_corrupted_mac_[1-3]"),
    "messages-cut-short": ("TC_accord_esme_1",),
    "neighbours-forgotten-on-update": ("TC_CCS08_journey_same_reads_?",),
    "network-operator-counted-by-supplier": ("TC_CS02bNOByNO_counter_floor_apart_[23]",),
    "newest-entry-lost": ("TC_CS01a_consistent_full_log_1",),
    "old-supplier-still-accepted": ("TC_CS02bSupplierByTransCoS_journey_old_supplier_?",),
    "other-hardware-accepted": ("TC_*_journey_other_hardware_?",),
    "outage-length-misjudged": ("TC_ECS80_outage_over_1", "TC_ECS80_outage_just_over_1"),
    "own-counter-missing": (
        "TC_ECS21[ab]_unknown_party_1",
        "TC_ECS22b_unknown_party_1",
        "TC_GCS16a_unknown_party_1",
    ),
    "phases-swapped": ("TC_ECS29b_alert_*_on_phase_[23]_1",),
    "phases-told-as-one": ("TC_ECS80_outage_phase_*_[1-3]",),
    "price-change-missed-by-display": ("TC_ECS01a_journey_price_at_midnight_[12]",),
    "price-ten-times-after-update": ("TC_ECS01a_journey_price_kept_1",),
    "proxy-version-reversed": ("TC_GCS38_nominal_1",),
    "register-lost-on-update": ("TC_CS06_journey_register_kept_*",),
    "rejoins-on-the-other-band": ("TC_CS02a_journey_comes_back_[34]",),
    "response-without-time": ("TC_CS06_nominal_*", "TC_ECS17b_nominal_1", "TC_GCS13a_nominal_[12]"),
    "seasons-begin-late": ("TC_ECS01a_journey_season_begins_1",),
    "second-tunnel-refused": ("TC_CS02a_journey_comes_back_[34]",),
    "security-log-shown-at-home": ("TC_ECS52_journey_no_security_log_1",),
    "short-form-of-long-length": ("TC_CS02a_nominal_[1-4]",),
    "short-voltage-periods-not-counted": ("TC_ECS29[ab]_journey_counted_1",),
    "skipped-version-loses-settings": ("TC_CS06_journey_skipped_version_[12]",),
    "special-days-ignored": ("TC_ECS01a_journey_special_day_1",),
    "supply-not-armed-by-top-up": ("TC_CS01[ab]_journey_pays_again_1",),
    "switch-off-after-outage": ("TC_ECS46d_journey_switch_restored_1",),
    "tariff-hours-in-local-time": ("TC_ECS01a_journey_hours_in_*_1",),
    "token-counted-each-way": ("TC_CS01[ab]_journey_keyed_in_once_1",),
    "token-counter-cut-short": ("TC_CS01[ab]_replay_same_bits_1",),
    "unsigned-der-integer": ("TC_CS02a_consistent_long_counter_[1-4]",),
    "update-cuts-the-hub": ("TC_CS06_journey_no_outage_1",),
    "wrong-install-code-accepted": ("TC_CCS01_no_side_effect_wrong_install_code_[1-4]",),
    "zero-top-up-refused": ("TC_CS01[ab]_nominal_worth_nothing_1",),
}


def defects_caught_by(case_id: str) -> tuple[str, ...]:
    """The defects that a case catches, by their ids."""
    return tuple(
        defect
        for defect, patterns in CAUGHT_BY.items()
        if any(fnmatchcase(case_id, pattern) for pattern in patterns)
    )
