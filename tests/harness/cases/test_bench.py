"""The bench repeats bit for bit, waits in the home's time, and says what it heard in place of an answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.cases.bench import ANSWERS_WITHIN, SLEEPER_ANSWERS_WITHIN, Bench, patience_with
from harness.cases.case import CheckFailed, InconclusiveOutcome
from harness.cases.suite import case_by_id
from harness.codecs.message import Cra
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration
from harness.network.port import Display, Stimulus

ESME = DeviceRole.ESME
SUPPLIER = RemotePartyRole.SUPPLIER


def test_counters_go_up_from_the_homes_time(bench: Bench) -> None:
    first, second = (
        bench.command("ECS52", ESME, role) for role in (SUPPLIER, RemotePartyRole.NETWORK_OPERATOR)
    )
    assert bench.now < first.order.counter < second.order.counter
    assert second.message.originator_counter == second.order.counter
    assert bench.command("ECS52", ESME, SUPPLIER, counter=9).message.originator_counter == 9


def test_equal_homes_give_equal_octets(
    bench_of: Callable[[HomeProfile], Bench], full_home: HomeProfile
) -> None:
    answers = []
    for _ in range(2):
        bench = bench_of(full_home)
        commands = [bench.command(one, ESME, SUPPLIER) for one in ("ECS17b", "ECS43", "ECS70")]
        answers.append([(command.octets, bench.exchange(command).message) for command in commands])
    assert answers[0] == answers[1]


def test_another_bench_at_a_later_time_goes_on_above(factory: HomeFactory, full_home: HomeProfile) -> None:
    home = factory.build(full_home)
    Bench(home, factory.pki).exchange(Bench(home, factory.pki).command("ECS43", ESME, SUPPLIER))
    later = Bench(home, factory.pki)
    assert later.exchange(later.command("ECS04b", ESME, SUPPLIER)).message.cra is Cra.RESPONSE


def test_a_silent_device_is_given_its_time(bench: Bench) -> None:
    # A hub with power would say that the meter is dark.
    bench.operate(DeviceRole.CHF, Stimulus.POWER_OFF)
    began = bench.now
    with pytest.raises(CheckFailed) as caught:
        bench.exchange(bench.command("ECS52", ESME, SUPPLIER))
    assert bench.now - began == ANSWERS_WITHIN
    assert caught.value.expected == "a response of the ESME to ECS52 within 5 min"
    assert caught.value.observed == "nothing"


def test_what_came_in_place_of_an_answer_is_said(bench: Bench) -> None:
    command = bench.command("ECS52", ESME, SUPPLIER)
    bench.send_octets(command.octets[:-1] + bytes((command.octets[-1] ^ 1,)), to=ESME)
    with pytest.raises(CheckFailed) as caught:
        bench.answer_to(command)
    assert "only this: alert 0x1000" in caught.value.observed


def test_a_gas_meter_may_sleep(bench: Bench) -> None:
    assert patience_with(DeviceRole.GSME) == SLEEPER_ANSWERS_WITHIN > 30 * MINUTE
    answer = bench.exchange(bench.command("CS07", DeviceRole.GSME, SUPPLIER))
    assert answer.command.order.at < answer.at <= answer.command.order.at + SLEEPER_ANSWERS_WITHIN


def test_answers_of_several_devices_in_any_order(bench: Bench) -> None:
    roles = (DeviceRole.GSME, ESME, DeviceRole.GPF)
    commands = [bench.command("CS07", role, SUPPLIER) for role in roles]
    for command in commands:
        bench.send(command)
    answers = bench.answers_to(commands)
    assert {answer.command.order.device.role for answer in answers} == set(roles)
    assert answers[-1].command.order.device.role is DeviceRole.GSME


def test_messages_that_came_meanwhile_are_kept(bench: Bench) -> None:
    bench.operate(ESME, Stimulus.POWER_OFF)
    bench.wait(Duration(4 * MINUTE))
    bench.operate(ESME, Stimulus.POWER_ON)
    bench.exchange(bench.command("ECS52", ESME, SUPPLIER))
    kept = bench.messages(Duration(MINUTE))
    assert {received.message.message_code for received in kept} == {0x0067}
    assert bench.messages(Duration(MINUTE)) == ()


def test_octets_that_are_no_message_fail_the_device(
    factory: HomeFactory, full_home: HomeProfile, altering: Callable[..., Bench]
) -> None:
    bench = altering(lambda message: message)
    bench.port._protected = lambda message: b"\xff\xff"
    with pytest.raises(CheckFailed) as caught:
        bench.exchange(bench.command("ECS52", ESME, SUPPLIER))
    assert caught.value.clause == "GBCS 7.2"
    assert caught.value.observed.endswith("in FFFF")


def test_a_device_that_is_not_installed_leaves_the_question_open(
    bench_of: Callable[[HomeProfile], Bench], full_home: HomeProfile
) -> None:
    hub = HomeProfile({DeviceKind.COMMS_HUB: full_home.devices[DeviceKind.COMMS_HUB]})
    with pytest.raises(InconclusiveOutcome, match="the install record has no ESME"):
        bench_of(hub).command("ECS52", ESME, SUPPLIER)


def test_displays_show_only_what_they_have(bench: Bench) -> None:
    assert bench.display(ESME, Display.IMPORT_REGISTER)
    assert bench.display(ESME, Display.GAS_REGISTER) is None


class Imageless:
    """A home to whose devices nobody distributed firmware."""

    def __init__(self, home: EmulatedHome) -> None:
        self._home = home
        self.devices = {role: replace(device, image=None) for role, device in home.devices.items()}

    def __getattr__(self, name: str) -> object:
        return getattr(self._home, name)


def test_a_device_without_an_image_leaves_the_question_open(
    factory: HomeFactory, full_home: HomeProfile
) -> None:
    home = Imageless(factory.build(full_home))
    with pytest.raises(InconclusiveOutcome, match="no firmware image waits in the ESME"):
        case_by_id("TC_CS06_nominal_1").run(Bench(home, factory.pki))
