"""Messages of remote parties in a home of frames: through tunnels, and fetched where the meter sleeps."""

import pytest

from harness.emulators.home import HomeFactory
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND
from harness.network.port import Display, HomePort

CHF, GPF, ESME, GSME = DeviceRole.CHF, DeviceRole.GPF, DeviceRole.ESME, DeviceRole.GSME


@pytest.fixture
def framed(factory, tester):
    home: HomePort = factory.build(tester.home.profile, frames=True)
    return type(tester)(home, factory.pki)


def run(factory, profile, tester_type, **kind):
    tester = tester_type(factory.build(profile, recorded=True, **kind), factory.pki)
    answers = [
        tester.exchange(name, target)
        for name, target in (
            ("ECS17b", ESME),
            ("ECS43", ESME),
            ("GCS38", GPF),
            ("GCS32", GSME),
            ("ECS52", DeviceRole.SAPC),
        )
    ]
    return answers, tester.home.recorder.frames if kind else [], tester.home


@pytest.mark.parametrize(
    ("name", "target", "code"),
    [
        ("ECS17b", ESME, 0x0027),
        ("ECS52", DeviceRole.SAPC, 0x0059),
        ("GCS38", GPF, 0x0084),
        ("CS07", DeviceRole.PPMID, None),
        ("CS07", DeviceRole.HCALCS, None),
    ],
)
def test_a_command_is_answered_by_way_of_frames(framed, name, target, code):
    before = framed.home.now
    answer = framed.exchange(name, target)
    assert code is None or answer.message_code == code
    assert framed.home.now - before < 5 * SECOND
    sent = framed.home.network.air.frames
    assert (sent > 0) is (target is not GPF)


def test_a_sleepy_meter_fetches_its_commands(framed):
    before = framed.home.now
    framed.exchange("GCS13a", GSME)
    first = framed.home.now
    assert 10 * SECOND < first - before <= 31 * MINUTE
    framed.exchange("GCS38", GSME)
    assert abs(framed.home.now - first - 30 * MINUTE) < 10 * SECOND


def test_an_answer_of_many_kilobytes_comes_whole(framed):
    payload = framed.PAYLOADS["ECS22b"].replace("07ea0202ff", "07ea0102ff")
    assert len(framed.exchange("ECS22b", ESME, payload=payload).payload) > 10_000


def test_answers_are_those_of_a_home_without_frames(tester):
    seed = b"again"
    plain, none, _ = run(HomeFactory(seed), tester.home.profile, type(tester))
    framed, frames, home = run(HomeFactory(seed), tester.home.profile, type(tester), frames=True)
    assert [answer.message_code for answer in framed] == [answer.message_code for answer in plain]
    assert [len(answer.payload) for answer in framed] == [len(answer.payload) for answer in plain]
    assert none == []
    assert len(frames) > 30
    assert home.read_display(ESME, Display.SUPPLY_STATE) == "disabled"


def test_same_seed_same_frames_at_the_same_moments(tester):
    profile = tester.home.profile
    runs = [run(HomeFactory(b"again"), profile, type(tester), frames=True)[1] for _ in range(2)]
    assert runs[0] == runs[1]
    assert run(HomeFactory(b"other"), profile, type(tester), frames=True)[1] != runs[0]


def test_a_factory_of_frames_makes_nothing_else(tester):
    factory = HomeFactory(b"frames", frames=True)
    other = type(tester)(factory.build(tester.home.profile), factory.pki)
    other.exchange("ECS52", ESME)
    assert other.home.network.air.frames > 0


def test_devices_that_are_not_spoken_to_send_nothing(framed):
    framed.exchange("ECS52", ESME)
    roles = {framed.home.network.roles[eui64] for eui64 in framed.home.network.air.involved}
    assert roles == {CHF, ESME}
