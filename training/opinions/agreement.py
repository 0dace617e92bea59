"""How often two people who label the same message blind say the same, beyond what chance would bring."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

#: Below so many pairs a kappa says nothing: one answer more would turn it about.
ENOUGH = 10
RESAMPLES = 1000
SEED = 6
LISTED = 10


@dataclass(frozen=True)
class Pair:
    """Two people's first words about one message, in the order they were said."""

    first: str
    second: str
    people: tuple[UUID, UUID]
    names: tuple[str, str]
    drawn: bool
    """By chance, so that it stands for all labels; the others were chosen because they are hard."""


@dataclass(frozen=True)
class Agreement:
    pairs: int
    same: int
    kappa: float | None
    """Cohen's; None with fewer pairs than `ENOUGH`, or where nobody ever named a second intent."""
    low: float | None
    high: float | None
    """Its 95 % interval (bootstrap percentiles over messages)."""


@dataclass(frozen=True)
class Confused:
    """Two intents that people take for one another."""

    intents: tuple[str, str]
    times: int
    of: int
    """Pairs in which either of the two intents was said."""


@dataclass(frozen=True)
class Together:
    """What two people labelled both."""

    names: tuple[str, str]
    pairs: int
    same: int
    kappa: float | None


@dataclass(frozen=True)
class Measured:
    all: Agreement
    drawn: Agreement
    """Of messages drawn by chance alone."""
    confused: tuple[Confused, ...]
    people: tuple[Together, ...]


def measure(pairs: Sequence[Pair]) -> Measured:
    """Return the agreement of these pairs; a second of work for some thousand of them."""
    return Measured(
        all=_agreement(pairs),
        drawn=_agreement([pair for pair in pairs if pair.drawn]),
        confused=_confused(pairs)[:LISTED],
        people=_people(pairs),
    )


def kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return Cohen's kappa (1960): 1 is always the same, 0 as often as chance; None where chance alone
    would always bring the same.

    >>> kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"])
    0.5
    """
    codes, count = _codes(first, second)
    value = float(_kappas(codes[None, :, :], count)[0])
    return None if np.isnan(value) else value


def interval(first: Sequence[str], second: Sequence[str]) -> tuple[float, float] | None:
    """Return kappa's 95 % interval, by drawing the pairs again with replacement; None: it has none."""
    codes, count = _codes(first, second)
    random = np.random.default_rng(SEED)
    places = random.integers(0, len(codes), (RESAMPLES, len(codes)))
    values = _kappas(codes[places], count)
    if np.isnan(values).all():
        return None
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return float(low), float(high)


def _codes(first: Sequence[str], second: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Return (pairs, 2) with a number for each intent."""
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} first and {len(second)} second opinions make no pairs")
    names = {name: place for place, name in enumerate(sorted({*first, *second}))}
    rows = [(names[a], names[b]) for a, b in zip(first, second, strict=True)]
    return np.array(rows, dtype=np.int64), len(names)


def _kappas(codes: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Return one kappa for each draw of (draws, pairs, 2); NaN where there is none."""
    draws, pairs, _ = codes.shape
    observed = np.mean(codes[:, :, 0] == codes[:, :, 1], axis=1)
    shares = []
    for side in (0, 1):
        places = codes[:, :, side] + count * np.arange(draws)[:, None]
        counted = np.bincount(places.ravel(), minlength=draws * count)
        shares.append(counted.reshape(draws, count) / pairs)
    expected = np.sum(shares[0] * shares[1], axis=1)
    room = 1.0 - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(room > 1e-12, (observed - expected) / room, np.nan)


def _agreement(pairs: Sequence[Pair]) -> Agreement:
    same = sum(pair.first == pair.second for pair in pairs)
    if len(pairs) < ENOUGH:
        return Agreement(len(pairs), same, None, None, None)
    first, second = [pair.first for pair in pairs], [pair.second for pair in pairs]
    value = kappa(first, second)
    bounds = interval(first, second) if value is not None else None
    low, high = bounds or (None, None)
    return Agreement(len(pairs), same, value, low, high)


def _confused(pairs: Sequence[Pair]) -> tuple[Confused, ...]:
    times: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        if pair.first != pair.second:
            one, other = sorted((pair.first, pair.second))
            times[one, other] += 1
    found = [
        Confused(two, count, sum(not {pair.first, pair.second}.isdisjoint(two) for pair in pairs))
        for two, count in times.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.times, one.intents)))


def _people(pairs: Sequence[Pair]) -> tuple[Together, ...]:
    """By name, not by figure: this shows who should talk about which intents, not who is better."""
    rows: dict[tuple[UUID, UUID], list[tuple[str, str]]] = defaultdict(list)
    names: dict[UUID, str] = {}
    for pair in pairs:
        names.update(zip(pair.people, pair.names, strict=True))
        # Each of the two on a side of their own, whoever was first.
        if str(pair.people[0]) <= str(pair.people[1]):
            rows[pair.people].append((pair.first, pair.second))
        else:
            rows[pair.people[1], pair.people[0]].append((pair.second, pair.first))
    found = []
    for (one, other), said in rows.items():
        first, second = [a for a, _ in said], [b for _, b in said]
        value = kappa(first, second) if len(said) >= ENOUGH else None
        both = (names[one], names[other])
        if both[0].casefold() > both[1].casefold():
            both = (both[1], both[0])
        same = sum(a == b for a, b in said)
        found.append(Together(both, len(said), same, value))
    return tuple(sorted(found, key=lambda one: one.names))
