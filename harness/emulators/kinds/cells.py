"""Trust anchor cells by type of device (GBCS 4.3.2.5)."""

from __future__ import annotations

from typing import Final

from harness.emulators.subjects.trust import Cell
from harness.gbcs.roles import RemotePartyRole

_SIGNS: Final = (Cell.DIGITAL_SIGNATURE,)
_SIGNS_AND_AGREES: Final = (Cell.DIGITAL_SIGNATURE, Cell.KEY_AGREEMENT)
_EVERYWHERE: Final = {
    RemotePartyRole.ROOT: (Cell.CERTIFICATE_SIGNING,),
    RemotePartyRole.RECOVERY: _SIGNS,
}
_AGREEING_BROKER: Final = {RemotePartyRole.ACCESS_CONTROL_BROKER: (Cell.KEY_AGREEMENT,)}
_HUB_BROKER: Final = {RemotePartyRole.ACCESS_CONTROL_BROKER: _SIGNS_AND_AGREES}
_CHANGE_OF_SUPPLIER: Final = {RemotePartyRole.TRANSITIONAL_COS: _SIGNS}
_NETWORK: Final = {RemotePartyRole.NETWORK_OPERATOR: _SIGNS_AND_AGREES}
_LOAD_CONTROL: Final = {RemotePartyRole.LOAD_CONTROLLER: _SIGNS_AND_AGREES}
"""Only from the GBCS version on that has load controllers."""
_PAID: Final = {
    RemotePartyRole.SUPPLIER: (*_SIGNS_AND_AGREES, Cell.PREPAYMENT_KEY_AGREEMENT),
}
_UNPAID: Final = {RemotePartyRole.SUPPLIER: _SIGNS_AND_AGREES}

GAS_METER_CELLS: Final = {**_EVERYWHERE, **_PAID, **_NETWORK, **_AGREEING_BROKER, **_CHANGE_OF_SUPPLIER}
ELECTRICITY_METER_CELLS: Final = {**GAS_METER_CELLS, **_LOAD_CONTROL}
GAS_PROXY_CELLS: Final = {
    **_EVERYWHERE,
    **_PAID,
    **_NETWORK,
    **_HUB_BROKER,
    **_CHANGE_OF_SUPPLIER,
    RemotePartyRole.WAN_PROVIDER: _SIGNS,
}
COMMS_HUB_CELLS: Final = {**_EVERYWHERE, **_HUB_BROKER, RemotePartyRole.WAN_PROVIDER: _SIGNS_AND_AGREES}
IN_HOME_CELLS: Final = {**_EVERYWHERE, **_UNPAID, **_HUB_BROKER, **_CHANGE_OF_SUPPLIER}
CONTROLLER_CELLS: Final = {
    **_EVERYWHERE,
    **_UNPAID,
    **_NETWORK,
    **_AGREEING_BROKER,
    **_CHANGE_OF_SUPPLIER,
    **_LOAD_CONTROL,
}
