"""Devices as state machines without I/O: octets, time and entropy come in as arguments."""
