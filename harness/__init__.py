"""Conformance and interoperability testing of GBCS devices, one home or a whole matrix of them."""

__version__ = "0.1.0"
