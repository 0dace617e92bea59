"""Works a view out, and keeps what the next one needs: vectors' neighbours, examples, past cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from threading import Lock
from uuid import UUID

import numpy as np

from training.proposals import Proposed
from training.review import ranking, wrongness
from training.review.cases import Case, fold
from training.review.evidence import lessons, second_opinion
from training.review.items import Show
from training.review.neighbours import Neighbourhood, leaders
from training.review.reasons import PLACE, Doubt, Reason
from training.review.said import Said
from training.review.shelf import Shelf
from training.review.taught import Example, Near, Taught, merged
from training.review.view import Inputs, Standing, View, show_of
from understanding.followups import content

AGAIN = 0.55
"""The cosine from which a message asks again what the one before it asked: that near are 20 % of the pairs of
questions that the starter articles list for one article, and .3 % of those of different articles."""
WORDS_AGAIN = 0.4
"""Before there are vectors, the share of words in common: 3 % and .1 % of the same pairs."""
ALIKE = 0.85
"""The cosine from which two messages are one cluster: of 5,000 messages of banking77 63 % then have company,
and 97.6 % of those the intent of most in their cluster (.8: 77 and 94.4, .9: 43 and 98.2)."""
LIKE = 0.75
"""The cosine from which a message counts as something like this: 81 % of such pairs have one intent."""
#: Another one before it takes more than half of what its label would bring.
CROWDED = 0.5
#: So many are put in order one by one; what stands behind them is sorted by what it promises alone.
RANKED = 500
#: The share of the examples that must have a vector before messages are held against them.
MOST_READ = 0.9
#: So many new examples are looked at alone before all are compared again.
FEW = 200


class Sight:
    """One per process. `look` is called in a thread; one at a time."""

    def __init__(self, shelf: Shelf, doubt: Doubt) -> None:
        self._shelf, self._doubt = shelf, doubt
        self._lock = Lock()
        self._cases: list[Case] = []
        self._cases_of: object = None
        self._key_of: dict[UUID, str] = {}
        self._near: Neighbourhood | None = None
        self._keys: list[str] = []
        self._number: dict[str, int] = {}
        self._leaders: dict[str, str] = {}
        self._taught: Sequence[Example] = ()
        self._nearest: dict[str, Near] = {}
        self._last: tuple[Inputs, int, View] | None = None

    def look(self, inputs: Inputs) -> View:
        """Return what is to be seen now; the same view while nothing changed."""
        with self._lock:
            version = self._shelf.version
            if self._last is not None:
                before, then, view = self._last
                if inputs.same_as(before, version, then):
                    return view
            cases = self._fold(inputs, version)
            self._arrange_vectors(cases)
            self._compare_examples(inputs.examples)
            view = self._rank(self._standings(cases, inputs))
            self._last = (inputs, version, view)
            return view

    def like(self, key: str) -> list[str]:
        """The keys of the messages that say something like this one, nearest first; its own is the first."""
        with self._lock:
            number = self._number.get(key)
            if self._near is None or number is None:
                return [key]
            places, cosines = self._near.near[number], self._near.cosines[number]
            order = [int(places[at]) for at in np.argsort(-cosines) if cosines[at] >= LIKE]
            return [key, *(self._keys[at] for at in order if at != number)]

    def _fold(self, inputs: Inputs, version: int) -> list[Case]:
        proposed = frozenset(one.turn_id for one in inputs.proposals)
        name = (inputs.version, version, proposed, inputs.now.date())
        if name != self._cases_of:
            self._cases = fold(
                inputs.turns,
                low_rated=inputs.low_rated,
                thumbs=inputs.thumbs,
                proposed=proposed,
                alike=self._asks_again,
                doubt=self._doubt,
                now=inputs.now,
            )
            self._key_of = {turn: one.key for one in self._cases for turn in one.reasons_of}
            self._cases_of = name
        return self._cases

    def _asks_again(self, one: Said, other: Said) -> bool:
        if one.key == other.key:
            return True
        first, second = self._shelf.get(one.key), self._shelf.get(other.key)
        if first is not None and second is not None:
            return float(first @ second) >= AGAIN
        words, others = set(content(one.text)), set(content(other.text))
        return bool(words and others) and len(words & others) / len(words | others) >= WORDS_AGAIN

    def _arrange_vectors(self, cases: Sequence[Case]) -> None:
        """Have a number and neighbours for each case that has a vector, and leaders of clusters."""
        known = [case.key for case in cases if case.key in self._shelf or case.key in self._number]
        here = set(known)
        if len(self._number.keys() - here) > max(FEW, len(known) // 4):
            self._near, self._number, self._keys = None, {}, []
            self._nearest = {key: near for key, near in self._nearest.items() if key in here}
        # Oldest first, so that a number is the same in every process that starts now.
        fresh = {
            key: row
            for key in reversed(known)
            if key not in self._number and (row := self._shelf.get(key)) is not None
        }
        if fresh:
            rows = np.stack(list(fresh.values()))
            if self._near is None:
                self._near = Neighbourhood(rows.shape[1])
            self._near.add(rows)
            self._keys += fresh
            self._number = {key: number for number, key in enumerate(self._keys)}
        if here != self._leaders.keys():
            self._leaders = self._clusters([case for case in cases if case.key in here])

    def _clusters(self, cases: Sequence[Case]) -> dict[str, str]:
        if self._near is None:
            return {}
        oldest = sorted(cases, key=lambda case: (case.first or case.said.at, case.key))
        found = leaders(self._near, [self._number[case.key] for case in oldest], ALIKE)
        return {case.key: self._keys[int(found[self._number[case.key]])] for case in cases}

    def _compare_examples(self, examples: Sequence[Example]) -> None:
        """Have the nearest examples of each case that has a vector."""
        readable = [one for one in examples if one.key in self._shelf]
        if len(readable) < MOST_READ * len(examples):
            return  # everything would look unlike the few that are encoded yet
        before, now = set(self._taught), set(readable)
        more = [one for one in readable if one not in before]
        if before - now or len(more) > FEW:
            self._nearest = {}
        elif more and self._nearest:
            kept = list(self._nearest)
            for key, own in zip(kept, self._near_to(more, kept), strict=True):
                self._nearest[key] = merged(self._nearest[key], own)
        self._taught = tuple(readable)
        fresh = [key for key in self._keys if key not in self._nearest]
        if fresh and readable:
            self._nearest.update(zip(fresh, self._near_to(readable, fresh), strict=True))

    def _near_to(self, examples: Sequence[Example], keys: Sequence[str]) -> list[Near]:
        """The examples nearest to messages that have a number."""
        assert self._near is not None
        rows = {one: row for one in examples if (row := self._shelf.get(one.key)) is not None}
        taught = Taught(list(rows), np.stack(list(rows.values())))
        return taught.near(self._near.vectors[[self._number[key] for key in keys]])

    def _standings(self, cases: Sequence[Case], inputs: Inputs) -> list[Standing]:
        model = wrongness.fit(lessons(cases, inputs))
        spoken: dict[str, list[Proposed]] = {}
        for one in inputs.proposals:
            spoken.setdefault(self._key_of.get(one.turn_id, ""), []).append(one)
        seconds = [
            second_opinion(case, self._nearest.get(case.key), inputs.shadowed) for case in cases
        ]
        every = [
            case.reasons | {Reason.MODELS_DISAGREE} if second else case.reasons
            for case, second in zip(cases, seconds, strict=True)
        ]
        rows = [
            wrongness.features(reasons, case.said.confidence, case.said.margin)
            for case, reasons in zip(cases, every, strict=True)
        ]
        wrong = model.of_many(np.stack(rows)).tolist() if rows else []
        ordered = {one: tuple(sorted(one, key=PLACE.__getitem__)) for one in set(every)}
        found = []
        for case, second, reasons, chance in zip(cases, seconds, every, wrong, strict=True):
            label = inputs.labels.get(case.key)
            found.append(
                Standing(
                    case=case,
                    show=show_of(
                        label.intent if label else None,
                        sent=case.key in inputs.sent,
                        asked=case.key in inputs.asked,
                    ),
                    label=label.intent if label else None,
                    reasons=ordered[reasons],
                    wrong=chance,
                    near=self._nearest.get(case.key),
                    second=second,
                    cluster=self._leaders.get(case.key, case.key)[:16],
                    proposals=tuple(spoken.get(case.key, ())),
                    opinions=inputs.opinions.get(case.key, ()),
                    sent_at=inputs.sent.get(case.key),
                )
            )
        return found

    def _rank(self, standings: Sequence[Standing]) -> View:
        by_key = {one.case.key: one for one in standings}
        open_ones = {key: one for key, one in by_key.items() if one.show is Show.OPEN}
        values: dict[str, float] = {}
        for key, promise in self._chosen(open_ones).items():
            values[key] = promise.value
            crowded = promise.value < CROWDED * promise.alone
            by_key[key].value, by_key[key].crowded = promise.value, crowded
        # What has no vector yet can't be compared: behind the others, by what is known of it alone.
        left = {
            key: one.wrong * one.case.weight for key, one in open_ones.items() if key not in values
        }
        for key in sorted(left, key=lambda key: -left[key]):
            values[key] = left[key]
            by_key[key].value = left[key]
        return View(
            standings=by_key,
            ranked=sorted(values, key=lambda key: not by_key[key].proposals),
            key_of=self._key_of,
            open_in=Counter(one.cluster for one in open_ones.values()),
            unread=len(self._shelf.lacking(dict.fromkeys(left, ""))),
        )

    def _chosen(self, open_ones: Mapping[str, Standing]) -> dict[str, ranking.Ranked]:
        """The open ones that have a vector, best first."""
        if self._near is None:
            return {}
        worth = np.zeros(len(self._near), dtype=np.float64)
        best = np.full(len(self._near), -1.0, dtype=np.float64)
        candidates = np.zeros(len(self._near), dtype=np.bool_)
        for key, one in open_ones.items():
            if (number := self._number.get(key)) is not None:
                worth[number] = one.wrong * one.case.weight
                candidates[number] = True
                if one.near and one.near.cosines:
                    best[number] = one.near.cosines[0]
        chosen = ranking.choose(
            self._near, worth, ranking.covered(best), RANKED, candidates, whole=True
        )
        return {self._keys[one.number]: one for one in chosen}
