"""The matrix of one home: every factor has one level."""

from __future__ import annotations

from device_profiles.home import HomeProfile
from test_matrix.documents import Granularity
from test_matrix.levels import device_levels
from test_matrix.matrix import Factor, Matrix


def matrix_of(home: HomeProfile, name: str) -> Matrix:
    """The matrix whose one combination is ``home``."""
    factors = tuple(
        Factor(kind.value, kind, device_levels([profile], Granularity.LISTING))
        for kind, profile in home.devices.items()
    )
    return Matrix("installed", name, Granularity.LISTING.value, factors)
