"""Frames of the home area network: IEEE 802.15.4 MAC, ZigBee NWK and APS, and their security header."""
