"""Conformance cases. They talk through a port and never see inside a device."""
