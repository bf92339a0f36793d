"""Octets to frozen messages and back. The only package that imports construct."""
