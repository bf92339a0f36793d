"""Devices that are not emulated here: messages over TCP and serial lines, in the time of the machine's clock.

The only sockets, serial ports and real clocks there are. A case knows none of this: it talks to the same
port as ever (``harness.network.port``).
"""
