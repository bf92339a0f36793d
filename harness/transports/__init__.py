"""The only sockets, serial ports and real clocks."""
