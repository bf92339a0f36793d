"""The air: times, contention, loss, acknowledgements, and that all of it follows from the seed."""

import pytest

from device_profiles.model import HanBand
from harness.codecs.errors import EncodeError
from harness.codecs.han.mac import MacAddress, MacFrame, MacFrameType, decode_mac
from harness.network.clock import SECOND, Instant
from harness.network.han.indirect import MOST, PERSISTENCE, IndirectQueue
from harness.network.han.medium import ATTEMPTS, MAX_FRAME, RADIOS, Hearing, Medium

START = Instant(100 * SECOND)


def frame(sequence=1, *, asked=True, length=20):
    return MacFrame(
        frame_type=MacFrameType.DATA,
        sequence=sequence,
        destination=MacAddress(1, 0),
        source=MacAddress(None, 2),
        acknowledgement_request=asked,
        payload=bytes(length),
    )


def test_a_frame_takes_the_time_that_its_octets_need():
    for band, octet_time in ((HanBand.GHZ_2_4, 32), (HanBand.SUB_GHZ, 80)):
        radio = RADIOS[band]
        assert radio.airtime(MAX_FRAME) - radio.airtime(0) == MAX_FRAME * octet_time
        sent = Medium(radio, 1).send(frame(asked=False), START, Hearing())
        assert sent.airtime == radio.airtime(31)
        assert sent.ended - sent.airtime - START <= 7 * radio.backoff_unit
        assert sent.heard == (sent.ended,)


def test_a_frame_that_is_too_long_does_not_go():
    medium = Medium(RADIOS[HanBand.GHZ_2_4], 1)
    assert medium.send(frame(length=MAX_FRAME - 11), START, Hearing()).delivered
    with pytest.raises(EncodeError):
        medium.send(frame(length=MAX_FRAME - 10), START, Hearing())


def test_an_acknowledgement_follows_and_says_what_waits():
    frames = []
    medium = Medium(RADIOS[HanBand.GHZ_2_4], 1, recorder=lambda at, octets: frames.append((at, octets)))
    sent = medium.send(frame(7), START, Hearing(pending=True))
    assert sent.delivered
    assert sent.pending
    (first, _), (second, octets) = frames
    answer = decode_mac(octets)
    assert (answer.frame_type, answer.sequence, answer.frame_pending) == (
        MacFrameType.ACKNOWLEDGEMENT,
        7,
        True,
    )
    assert second == first + sent.airtime + 192
    assert medium.airtime == sent.airtime + sent.answer_time


def test_nobody_there_is_tried_and_given_up():
    sent = Medium(RADIOS[HanBand.GHZ_2_4], 1).send(frame(), START, Hearing(listens=False))
    assert not sent.delivered
    assert sent.heard == ()
    assert sent.airtime == ATTEMPTS * RADIOS[HanBand.GHZ_2_4].airtime(31)


def test_loss_is_as_often_as_it_says_and_the_same_again():
    def outcomes(seed):
        medium = Medium(RADIOS[HanBand.GHZ_2_4], seed, loss=300_000)
        now, found = START, []
        for _ in range(2_000):
            sent = medium.send(frame(asked=False), now, Hearing())
            found.append((sent.delivered, sent.ended - now))
            now = Instant(sent.ended + SECOND)
        return found

    first = outcomes(1)
    assert first == outcomes(1)
    assert first != outcomes(2)
    assert sum(not delivered for delivered, _ in first) == pytest.approx(600, abs=80)


def test_an_acknowledgement_that_is_lost_has_the_frame_heard_again():
    medium = Medium(RADIOS[HanBand.GHZ_2_4], 3, loss=400_000)
    heard = [
        len(medium.send(frame(), Instant(START + place * SECOND), Hearing()).heard) for place in range(300)
    ]
    assert max(heard) > 1


def test_a_busy_channel_makes_senders_wait():
    medium = Medium(RADIOS[HanBand.GHZ_2_4], 5)
    first = medium.send(frame(length=100), START, Hearing())
    second = medium.send(frame(length=100), START, Hearing())
    assert second.heard[0] - second.airtime >= first.ended


def test_what_is_held_too_long_is_dropped():
    queue = IndirectQueue()
    for place in range(MOST):
        assert queue.hold(5, place, START)
    assert not queue.hold(5, "one more", START)
    assert queue.dropped == 1
    assert queue.take(5, START) == 0
    assert queue.take(6, START) is None
    assert queue.holds(5)
    assert queue.take(5, Instant(START + PERSISTENCE)) is None
    assert not queue.holds(5)
    assert queue.hold(5, "new", Instant(START + PERSISTENCE))
    assert queue.hold(7, "kept")
    assert queue.take(7, Instant(START + 100 * PERSISTENCE)) == "kept"
