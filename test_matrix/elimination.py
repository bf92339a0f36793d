"""Exact counting and ordered listing by eliminating one factor after the other.

Factors are taken in an order. From the last to the first, each is summed out: what is left is a small
table over the earlier factors that it shares constraints with, holding the number of ways to complete
them (bucket elimination; Dechter 1999). The tables are indexed by classes of levels, so that 275
million combinations are counted in milliseconds, and listing in order never meets a dead end: each
prefix is known to have a completion, and how many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from test_matrix.constraint import Constraint, Indices

Counts = npt.NDArray[Any]
"""Whole numbers: int64 where every count fits, Python integers (dtype object) where one may not."""
Rows = npt.NDArray[np.uint16]
"""Level indices, one row for each (partial) combination."""

# A table of this many cells takes 128 MB: constraints that tie so many factors together need another form.
_LARGEST_TABLE = 1 << 24
# Cells of the intermediate tables while rows are listed: bounds memory, large enough to be fast.
_LARGEST_STEP = 1 << 21


class TooEntangled(ValueError):  # noqa: N818 - reads as what it says of the constraints
    """The constraints tie so many factors together that exact counting would need too large a table."""


@dataclass(frozen=True, slots=True)
class _Bucket:
    """One factor and what its choice depends on: earlier factors ``scope``, by position in the order.

    ``completions[classes of scope..., class of this factor]`` counts the ways to fill the later factors
    that depend on this one; ``message`` is the sum over this factor's levels.
    """

    factor: int
    scope: tuple[int, ...]
    completions: Counts
    message: Counts


@dataclass(frozen=True)
class Elimination:
    """Factors with ``sizes`` levels under ``constraints``, taken in ``order`` (positions of factors)."""

    sizes: tuple[int, ...]
    constraints: tuple[Constraint, ...]
    order: tuple[int, ...]

    @cached_property
    def _dtype(self) -> Any:
        return np.int64 if math.prod(self.sizes) < 1 << 62 else object

    @cached_property
    def _partitions(self) -> tuple[tuple[Indices, Indices], ...]:
        return tuple(self._partition(factor) for factor in range(len(self.sizes)))

    @cached_property
    def _first_level(self) -> tuple[Indices, ...]:
        """For each factor, the first level of each class."""
        return tuple(first for first, _ in self._partitions)

    @cached_property
    def _class_of(self) -> tuple[Indices, ...]:
        """For each factor, the class of each level: levels that no constraint tells apart share one."""
        return tuple(classes for _, classes in self._partitions)

    def _partition(self, factor: int) -> tuple[Indices, Indices]:
        columns = [
            constraint.classes[constraint.scope.index(factor)]
            for constraint in self.constraints
            if factor in constraint.scope
        ]
        if not columns:
            levels = self.sizes[factor]
            return np.zeros(min(levels, 1), dtype=np.intp), np.zeros(levels, dtype=np.intp)
        _, first, inverse = np.unique(
            np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True
        )
        return first.astype(np.intp), inverse.reshape(-1).astype(np.intp)

    @cached_property
    def _buckets(self) -> tuple[_Bucket, ...]:
        place = {factor: position for position, factor in enumerate(self.order)}
        waiting: list[list[tuple[tuple[int, ...], Counts]]] = [[] for _ in self.order]
        for constraint in self.constraints:
            scope, table = self._by_class(constraint, place)
            waiting[scope[-1]].append((scope, table))
        buckets: list[_Bucket] = []
        for position in reversed(range(len(self.order))):
            bucket = self._bucket(position, waiting[position])
            buckets.append(bucket)
            if bucket.scope:
                waiting[bucket.scope[-1]].append((bucket.scope, bucket.message))
        return tuple(reversed(buckets))

    def _by_class(self, constraint: Constraint, place: dict[int, int]) -> tuple[tuple[int, ...], Counts]:
        """A constraint's table over the classes of this elimination, axes in its order."""
        cells = [
            classes[self._first_level[factor]]
            for factor, classes in zip(constraint.scope, constraint.classes, strict=True)
        ]
        table = constraint.allowed[np.ix_(*cells)]
        axes = sorted(range(len(cells)), key=lambda axis: place[constraint.scope[axis]])
        scope = tuple(place[constraint.scope[axis]] for axis in axes)
        return scope, table.transpose(axes).astype(self._dtype)

    def _bucket(self, position: int, parts: Sequence[tuple[tuple[int, ...], Counts]]) -> _Bucket:
        factor = self.order[position]
        scope = tuple(sorted({other for part, _ in parts for other in part} - {position}))
        axes = (*scope, position)
        shape = tuple(len(self._first_level[self.order[axis]]) for axis in axes)
        if math.prod(shape) > _LARGEST_TABLE:
            cells = " × ".join(map(str, shape))
            raise TooEntangled(f"together they tie {len(axes)} factors into a table of {cells} cells")
        completions = np.ones(shape, dtype=self._dtype)
        for part, table in parts:
            sizes = [size if axis in part else 1 for axis, size in zip(axes, shape, strict=True)]
            completions = completions * table.reshape(sizes)
        weights = np.bincount(self._class_of[factor], minlength=shape[-1]).astype(self._dtype)
        return _Bucket(factor, scope, completions, (completions * weights).sum(axis=-1))

    @cached_property
    def total(self) -> int:
        """The number of valid combinations."""
        return math.prod(int(bucket.message) for bucket in self._buckets if not bucket.scope)

    def rows(self, start: int, stop: int, depth: int | None = None) -> tuple[Rows, Counts]:
        """Prefixes of ``depth`` factors (all, if None) that hold combinations ``start`` to ``stop``.

        Columns follow ``order``, rows are in lexicographic order of it; with each comes the number of
        its combinations, those outside the range included.
        """
        depth = len(self.order) if depth is None else depth
        stop = min(stop, self.total)
        nodes = np.zeros((1 if start < stop else 0, 0), dtype=np.uint16)
        first = np.zeros(len(nodes), dtype=self._dtype)
        counts = np.full(len(nodes), self.total, dtype=self._dtype)
        for position in range(depth):
            nodes, first, counts = self._extended(position, nodes, first, (start, stop))
        return nodes, counts

    def _extended(
        self, position: int, nodes: Rows, first: Counts, wanted: tuple[int, int]
    ) -> tuple[Rows, Counts, Counts]:
        """All children of ``nodes`` that hold wanted combinations, a bounded number of cells at a time."""
        step = max(1, _LARGEST_STEP // max(1, self.sizes[self.order[position]]))
        parts = [
            self._children(position, nodes[at : at + step], first[at : at + step], wanted)
            for at in range(0, len(nodes), step)
        ] or [self._children(position, nodes, first, wanted)]
        if len(parts) == 1:
            return parts[0]
        return (
            np.concatenate([part[0] for part in parts]),
            np.concatenate([part[1] for part in parts]),
            np.concatenate([part[2] for part in parts]),
        )

    def _children(
        self, position: int, nodes: Rows, first: Counts, wanted: tuple[int, int]
    ) -> tuple[Rows, Counts, Counts]:
        bucket = self._buckets[position]
        start, stop = wanted
        by_class = bucket.completions[self._cells(bucket.scope, nodes)]
        counts = np.broadcast_to(by_class, (len(nodes), by_class.shape[-1]))[:, self._class_of[bucket.factor]]
        counts = counts * self._apart_from(position, nodes)[:, None]
        after = first[:, None] + np.cumsum(counts, axis=1)
        keep = (counts > 0) & (after > start) & (after - counts < stop)
        parents, levels = np.nonzero(keep)
        children = np.empty((len(parents), position + 1), dtype=np.uint16)
        children[:, :position] = nodes[parents]
        children[:, position] = levels
        found = counts[keep]
        return children, after[keep] - found, found

    def _cells(self, scope: tuple[int, ...], nodes: Rows) -> tuple[Indices, ...]:
        """Where in a table over ``scope`` each node looks."""
        return tuple(self._class_of[self.order[position]][nodes[:, position]] for position in scope)

    def _apart_from(self, position: int, nodes: Rows) -> Counts:
        """Ways to fill the later factors that do not depend on the factor at ``position``."""
        product = np.ones(len(nodes), dtype=self._dtype)
        for later in self._buckets[position + 1 :]:
            if not later.scope:
                product = product * later.message
            elif later.scope[-1] < position:
                product = product * later.message[self._cells(later.scope, nodes)]
        return product

    def completed(self, nodes: Rows) -> Rows:
        """Each prefix with the lowest level for every further factor, the earlier the more so."""
        for position in range(nodes.shape[1], len(self.order)):
            bucket = self._buckets[position]
            possible = bucket.completions[self._cells(bucket.scope, nodes)] > 0
            never = self.sizes[bucket.factor]
            lowest = np.where(possible, self._first_level[bucket.factor], never).min(axis=-1)
            column = np.broadcast_to(lowest, len(nodes)).astype(np.uint16)
            nodes = np.concatenate([nodes, column[:, None]], axis=1)
        return nodes
