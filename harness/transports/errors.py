"""What can go wrong with a link to a device."""

from __future__ import annotations


class TransportError(Exception):
    """A link that cannot be made, or does not hold. The text is for people, on one line."""


class LinkClosedError(TransportError):
    """The other end has gone."""
