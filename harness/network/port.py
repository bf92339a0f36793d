"""The port that conformance cases test through (a point of control and observation, ISO/IEC 9646-1).

A case sees a home as a tester in the field does: what was installed, the wide area network's two
directions, the hands and eyes of a person in the house, and time. Emulated homes and real devices
behind a transport offer the same port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceProfile
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Duration, Instant
from harness.network.entries import Entry, Feedback


@dataclass(frozen=True, slots=True)
class DistributedImage:
    """A firmware image that was sent to a device and verified there, and waits to be activated.

    ``image_hash`` is the SHA-256 of the manufacturer image (32 octets), by which CS06 names it;
    ``firmware_version`` (4 octets) is what the device runs once it is activated.
    """

    image_hash: bytes
    firmware_version: bytes


@dataclass(frozen=True, slots=True)
class InstalledDevice:
    """What the install record says of one device: identity and certificates (DER), nothing of its inside.

    A Type 2 device has no GBCS certificates: both are empty. ``image`` is the firmware that the
    supplier last distributed to it, where there is one. ``install_code`` is the one printed on it, 16
    octets without CRC, empty where nobody took it down; the functions of a hub have none.
    """

    role: DeviceRole
    entity_id: bytes
    digital_signature_certificate: bytes
    key_agreement_certificate: bytes
    image: DistributedImage | None = None
    install_code: bytes = b""


class Stimulus(StrEnum):
    """What a person, or the weather, does to a device."""

    POWER_OFF = "power-off"
    POWER_ON = "power-on"
    RESTART = "restart"
    WAN_LOST = "wan-lost"
    """The hub loses its wide area network; what devices send waits in the hub."""
    WAN_BACK = "wan-back"
    COVER_OPENED = "cover-opened"
    """The cover of a meter, or the case of another device that has a certificate."""
    COVER_CLOSED = "cover-closed"
    TERMINAL_COVER_OPENED = "terminal-cover-opened"
    """ESME."""
    TERMINAL_COVER_CLOSED = "terminal-cover-closed"
    BATTERY_COVER_OPENED = "battery-cover-opened"
    """GSME."""
    BATTERY_COVER_CLOSED = "battery-cover-closed"
    BATTERY_LOW = "battery-low"
    """The battery of a GSME has little left."""
    MAGNET_APPLIED = "magnet-applied"
    """A strong magnet at a meter."""
    MAGNET_REMOVED = "magnet-removed"
    TILTED = "tilted"
    """A GSME is turned out of its upright position."""
    UPRIGHT = "upright"
    INTEGRITY_DOUBTED = "integrity-doubted"
    """A self-test of a meter finds something that is no fault yet, but may become one."""
    MEASUREMENT_FAILED = "measurement-failed"
    """A self-test of a meter finds that it no longer measures as it should; the next few are alike."""
    METROLOGY_UNVERIFIED = "metrology-unverified"
    MEMORY_FAILED = "memory-failed"
    """The memory that keeps things without power."""
    PROGRAM_FAILED = "program-failed"
    STORAGE_FAILED = "storage-failed"
    """The memory that holds the program."""
    RAM_FAILED = "ram-failed"
    HARDWARE_RESET = "hardware-reset"
    WATCHDOG_BARKED = "watchdog-barked"
    HUB_PLUGGED = "hub-plugged"
    """A hub is put on an ESME that carries one."""
    HUB_UNPLUGGED = "hub-unplugged"
    PHASES_SWAPPED = "phases-swapped"
    """An ESME is wired with its phases in the wrong order."""
    PHASE_1_LOST = "phase-1-lost"
    """The supply of a polyphase ESME fails on one phase; the others go on. The next five are alike."""
    PHASE_1_BACK = "phase-1-back"
    PHASE_2_LOST = "phase-2-lost"
    PHASE_2_BACK = "phase-2-back"
    PHASE_3_LOST = "phase-3-lost"
    PHASE_3_BACK = "phase-3-back"
    POLARITY_REVERSED = "polarity-reversed"
    """An ESME is wired wrongly, and the next one too."""
    CURRENT_REVERSED = "current-reversed"
    GAS_WITH_AIR = "gas-with-air"
    """There is air in what flows through a GSME."""
    GAS_REVERSED = "gas-reversed"
    """Gas flows backwards through a GSME."""
    GAS_BEYOND_CAPACITY = "gas-beyond-capacity"
    """More gas flows than a GSME is built for."""
    SUB_GHZ_NOISE = "sub-ghz-noise"
    """Something else begins to send on the channel of the hub's sub-GHz radio."""
    SUB_GHZ_FULL = "sub-ghz-full"
    """Other devices have taken all that the hub's sub-GHz radio can serve."""
    LOAD_REPORTS = "load-reports"
    """The load at the first auxiliary proportional controller, such as a charger, has news (ESME, SAPC)."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that the wide area network gave up on: when, for or of which device, and its octets.

    It is what the DCC tells service users as a failure to deliver a command, or to receive a response.
    """

    at: Instant
    role: DeviceRole | None
    octets: bytes


@dataclass(frozen=True, slots=True)
class PowerNotice:
    """What the wide area network learnt of a hub's mains: when, of which hub, and whether it has them.

    A hub keeps energy for one such notice after the mains are gone, its last gasp, and gives another when
    they are back (CHTS 4.4). It is no GBCS message: the DCC tells the network operator from it.
    """

    at: Instant
    hub: bytes
    has_mains: bool


class Display(StrEnum):
    """What a person reads off a device without any message over the wide area network."""

    IMPORT_REGISTER = "import-register"
    """Active import register in Wh, a decimal integer (ESME, and an IHD or PPMID that shows it)."""
    GAS_REGISTER = "gas-register"
    """Gas consumption register in dm3, a decimal integer (GSME, and an IHD or PPMID that shows it)."""
    SUPPLY_STATE = "supply-state"
    """``enabled``, ``armed`` or ``disabled`` (ESME, GSME)."""
    METER_BALANCE = "meter-balance"
    """Prepayment meter balance in millipence, a decimal integer (ESME, GSME; IHD, PPMID: electricity)."""
    EMERGENCY_CREDIT = "emergency-credit"
    """What is left of activated emergency credit, in millipence (ESME, GSME; IHD, PPMID: electricity)."""
    DEBT = "debt"
    """All debt that is left, in millipence (ESME, GSME; IHD, PPMID: electricity)."""
    GAS_BALANCE = "gas-balance"
    """Prepayment meter balance of the gas meter in millipence, as of its last report (IHD, PPMID)."""
    GAS_EMERGENCY_CREDIT = "gas-emergency-credit"
    """What is left of the gas meter's activated emergency credit, in millipence (IHD, PPMID)."""
    GAS_DEBT = "gas-debt"
    """All debt that is left at the gas meter, in millipence (IHD, PPMID)."""
    YESTERDAY = "yesterday"
    """Energy used on the last whole day in UTC, in Wh, where the house may see it (ESME, IHD, PPMID)."""
    GAS_YESTERDAY = "gas-yesterday"
    """Gas used on the last whole day in UTC, in dm3, where the house may see it (IHD, PPMID)."""
    SWITCH = "switch"
    """Whether the load is on: ``on`` or ``off`` (HCALCS)."""
    LAST_ENTRY = "last-entry"
    """What became of the last entry, as ``Feedback`` has it (PPMID)."""
    PRICE = "price"
    """Price of electricity in force, in millipence for a kWh, a decimal integer (ESME, IHD, PPMID)."""
    SECURITY_LOG = "security-log"
    """What in-home displays get to see of the electricity meter's security log: nothing (IHD, PPMID)."""
    SUPPLIER = "supplier"
    """The supplier's name and telephone number, between them a comma and a space (ESME, GSME)."""
    CLOCK = "clock"
    """The device's time, ISO 8601 in UTC, or ``invalid``."""
    FIRMWARE_VERSION = "firmware-version"
    """Eight upper-case hexadecimal digits."""


class OutOfReach(Exception):  # noqa: N818 - nothing is wrong: it cannot be done from where the tester sits
    """What is asked of a home cannot be done or seen here. The text says why, for people."""


class HomePort(Protocol):
    """One home under test. Real devices behind a transport raise OutOfReach where they have to."""

    @property
    def profile(self) -> HomeProfile:
        """Which models and firmware the home is made of, by slot."""
        ...

    @property
    def devices(self) -> Mapping[DeviceRole, InstalledDevice]:
        """The install record of every device in the home."""
        ...

    @property
    def now(self) -> Instant:
        """The present moment of the home's own time."""
        ...

    def send(self, message: bytes, /, *, to: DeviceRole | None = None) -> None:
        """Hand a message for the home to the wide area network, now.

        The network delivers it to the device whose entity identifier is the message's recipient;
        with ``to`` it delivers there whatever the message says, as its own addressing allows.
        """
        ...

    def receive(self, *, within: Duration) -> bytes | None:
        """Let time run until a message from the home reaches the remote parties, at most ``within``.

        Returns None, with time advanced by ``within``, when none came. A GSME sleeps: it fetches a
        command up to half an hour after the hub has it (GBCS 10.3.3), so allow it more than that.
        """
        ...

    @property
    def undelivered(self) -> Sequence[Undelivered]:
        """What the wide area network gave up on so far."""
        ...

    @property
    def power_notices(self) -> Sequence[PowerNotice]:
        """What the wide area network learnt of the mains of the home's hub so far."""
        ...

    def wait(self, duration: Duration, /) -> None:
        """Let time run. Messages that arrive meanwhile stay to be received."""
        ...

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Do something to a device by hand. Raises ValueError for what cannot be done to its kind."""
        ...

    def enter(
        self, role: DeviceRole, entry: Entry, text: str = "", /, *, about: DeviceRole | None = None
    ) -> Feedback | None:
        """Key something in or press something at a device; what it shows for it at once.

        ``text`` is the token for a UTRN. A PPMID serves both meters: ``about`` says which one it is for,
        the electricity meter where nothing is said. None where the device has no such key, or is dark.
        """
        ...

    def distribute_image(self, role: DeviceRole, image: bytes, /) -> None:
        """Hand an upgrade image (OTA header, image, signature) for a device to the wide area network.

        The hub keeps it until the device has fetched it, which takes a tenth of a second for every 48
        octets from when the device is awake, and a day more for each time that it could not be reached.
        An image for the hub is its own.
        """
        ...

    def replace_hub(self, hub: DeviceProfile, /) -> None:
        """Have an installer put another hub in the old one's place.

        Its install record takes the place of the old one's. No device is on its network until it is given
        the backup of the old hub's log (CCS03), or the devices one by one (CCS01); its gas proxy is
        joined with nobody.
        """
        ...

    def replace_device(self, device: DeviceProfile, /) -> None:
        """Have an installer put another device in the place of the one of its kind, which is taken away.

        Its install record takes the place of the old one's. It is on no network until the hub is given it
        (CCS01), and is joined with nobody; the hub's list and those of other devices still have the old
        one. Raises ValueError for a hub, and for a kind that the home does not have.
        """
        ...

    def read_display(self, role: DeviceRole, what: Display, /) -> str | None:
        """Read a device's own display; None where it does not show this."""
        ...
