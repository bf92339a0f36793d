"""Another device in the place of one: known to nobody, and only where there was one of its kind."""

import pytest

from device_profiles.model import DeviceKind
from harness.emulators.subjects.device_log import DeviceLog
from harness.gbcs.roles import DeviceRole
from harness.network.port import Display

ESME = DeviceRole.ESME


def test_the_new_one_has_an_identity_and_a_register_of_its_own(tester, profile):
    home = tester.home
    old, counted = home.devices[ESME], home.read_display(ESME, Display.IMPORT_REGISTER)
    home.replace_device(profile(DeviceKind.ESME))
    new = home.devices[ESME]
    assert new.entity_id != old.entity_id
    assert new.install_code != old.install_code
    assert new.key_agreement_certificate != old.key_agreement_certificate
    assert home.read_display(ESME, Display.IMPORT_REGISTER) != counted
    assert home._reached(ESME).part(DeviceLog).entries == []
    assert not home.is_near(new.entity_id)
    assert not home.is_near(old.entity_id)


def test_each_further_one_is_another(tester, profile):
    home, seen = tester.home, set()
    for _ in range(3):
        seen.add(home.devices[ESME].entity_id)
        home.replace_device(profile(DeviceKind.ESME))
    assert len(seen | {home.devices[ESME].entity_id}) == 4


def test_a_hub_is_no_device_of_the_home(tester, profile):
    with pytest.raises(ValueError, match="takes no device's place"):
        tester.home.replace_device(profile(DeviceKind.COMMS_HUB))
