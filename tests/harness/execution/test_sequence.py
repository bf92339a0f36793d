"""What a sequence of commands must leave behind: an account that is right, and a log that is whole."""

from dataclasses import replace

import pytest

from device_profiles import catalogue, profiles_of
from harness.cases.applicability import KIND_OF
from harness.cases.bench import Bench
from harness.emulators.defect import Hooks
from harness.emulators.home import HomeFactory
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.security_log import SecurityLog
from harness.execution.mutation import Altered, newest_clean_home
from harness.execution.sequence import Fault, Player, Step, Violation
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

ESME, GSME = DeviceRole.ESME, DeviceRole.GSME
SUPPLIER = RemotePartyRole.SUPPLIER
TOP_UPS = {ESME: "CS01a", GSME: "CS01b"}
FACTORY = HomeFactory(b"sequences")
HOME = newest_clean_home(profile for model in catalogue() for profile in profiles_of(model))


def play(role, steps, hooks=None):
    template = FACTORY.template(role, HOME.devices[KIND_OF[role]])
    altered = Altered(FACTORY, role, template if hooks is None else replace(template, hooks=hooks))
    Player(lambda: Bench(altered.build(HOME), FACTORY.pki), role).play(steps)


def top_ups(role):
    return [Step(TOP_UPS[role], SUPPLIER), Step(TOP_UPS[role], SUPPLIER, minutes=60)]


def on(name, do):
    """Have something done when a device answers a use case."""
    codes = use_case(name).message_codes

    def before_encode(exchange):
        if exchange.message.message_code in codes:
            do(exchange)

    return Hooks(before_encode=(before_encode,))


@pytest.mark.parametrize("role", TOP_UPS)
def test_top_ups_add_up_on_sound_meters(role):
    play(role, top_ups(role))


@pytest.mark.parametrize("role", TOP_UPS)
@pytest.mark.parametrize("amount", [-1_000, 1_000, -1_000_000])
def test_money_that_comes_or_goes_with_a_top_up_is_noticed(role, amount):
    wrong = on(TOP_UPS[role], lambda exchange: exchange.device.part(Account).adjust(amount, exchange.now))
    with pytest.raises(Violation, match=f"observed {1_000_000 + amount} more") as found:
        play(role, top_ups(role), wrong)
    assert found.value.step == 0


def refused(fault):
    return [Step("CS02c", SUPPLIER), Step("CS02c", SUPPLIER, fault), Step("ECS52", SUPPLIER)]


FAULTS = [fault for fault in Fault if fault not in {Fault.NONE, Fault.UNAUTHORISED}]


@pytest.mark.parametrize("fault", FAULTS)
def test_sound_meters_log_what_they_refuse(fault):
    play(ESME, refused(fault))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_that_is_not_logged_is_noticed_and_its_step_named(fault):
    forgetful = on("ECS52", lambda exchange: exchange.device.part(SecurityLog).events.clear())
    with pytest.raises(Violation, match="in the security log") as found:
        play(ESME, refused(fault), forgetful)
    assert found.value.step == 1


def test_two_refusals_are_two_entries():
    def forget_one(exchange):
        exchange.device.part(SecurityLog).events.popleft()

    steps = [Step("CS02c", SUPPLIER, Fault.MAC)] * 2 + [Step("ECS52", SUPPLIER)]
    with pytest.raises(Violation, match="in the security log"):
        play(ESME, steps, on("ECS52", forget_one))
