"""What a refused command must come to: no answer, nothing done, and an alert that says why (GBCS 6.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.cases.alerts import expect_alert
from harness.cases.bench import patience_with
from harness.cases.case import CheckFailed
from harness.cases.wording import device_name, message_text
from harness.codecs.message import Cra

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Received
    from harness.cases.subject import Effect
    from harness.gbcs.roles import DeviceRole
    from harness.network.port import InstalledDevice


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is refused: the clause, in words, and the alerts any one of which must say so."""

    clause: str
    reason: str
    alerts: frozenset[int] = frozenset()


def expect_silence(bench: Bench, device: InstalledDevice, octets: bytes, refusal: Refusal) -> None:
    """Hand octets to the network and check that a device does not answer. Raises CheckFailed."""
    bench.port.send(octets)
    _expect_no_answer(device, bench.messages(patience_with(device.role)), refusal)


def _expect_no_answer(device: InstalledDevice, messages: tuple[Received, ...], refusal: Refusal) -> None:
    for received in messages:
        if received.message.cra is Cra.RESPONSE and received.message.originator == device.entity_id:
            raise CheckFailed(
                refusal.clause,
                f"no response of the {device_name(device.role)}: {refusal.reason}",
                message_text(received.message),
            )


def expect_refused(bench: Bench, target: DeviceRole, octets: bytes, refusal: Refusal, effect: Effect) -> None:
    """Send octets to a device and check that nothing comes of them but the alert. Raises CheckFailed."""
    device = bench.device(target)
    before = effect(bench)
    since = bench.now
    bench.send_octets(octets, to=target)
    messages = bench.messages(patience_with(target))
    _expect_no_answer(device, messages, refusal)
    after = effect(bench)
    if after != before:
        raise CheckFailed(
            refusal.clause,
            f"nothing done by the {device_name(target)}, display still {before}: {refusal.reason}",
            f"display {after}",
        )
    if refusal.alerts:
        expect_alert(bench, device, refusal.alerts, messages, since=since)
