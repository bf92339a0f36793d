"""Bringing a device into the state that a given answer reports, so that it can be asked for that answer."""
