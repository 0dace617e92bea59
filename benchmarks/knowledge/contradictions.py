"""How well contradictions are found: ``python -m benchmarks.knowledge.contradictions`` (needs the encoder; 3 s).

Asked of pairs of sentences that were written, for six trades, without a look at the rules, and split into two
halves: one was used to mend the rules, the other was measured once before and once after.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from encoder import Encoder
from knowledge_base.asked.health import Share, wilson
from knowledge_base.review.contradictions import Read, contradictions
from knowledge_base.review.sentences import Sentence
from knowledge_base.search.records import TextEncoder
from server.settings import ROOT, load_settings

PAIRS = ROOT / "data" / "golden" / "contradictions.yml"
SEED = 0
MENDED_ON, KEPT_BACK = "half the rules were mended on", "other half"


@dataclass(frozen=True)
class Pair:
    one: str
    two: str
    about: str
    contrary: bool


@dataclass(frozen=True)
class Score:
    """How many of the warnings are right, and how many of the contradictions are warned of."""

    pairs: int
    precision: Share | None
    recall: Share | None


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    data = yaml.safe_load(path.read_text("utf-8"))
    return [
        Pair(row["a"], row["b"], row["about"], contrary=label == "contrary")
        for label in ("contrary", "fitting")
        for row in data[label]
    ]


def halves(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Two halves with as many contradictions each; always the same ones."""
    parted: dict[str, list[Pair]] = {MENDED_ON: [], KEPT_BACK: []}
    chance = np.random.default_rng(SEED)
    for contrary in (True, False):
        some = [pair for pair in pairs if pair.contrary == contrary]
        order = chance.permutation(len(some)).tolist()
        parted[MENDED_ON] += [some[at] for at in order[: len(some) // 2]]
        parted[KEPT_BACK] += [some[at] for at in order[len(some) // 2 :]]
    return parted


def warned(encoder: TextEncoder, pair: Pair) -> bool:
    """Whether an editor is warned of these two, each alone in an article, in either order."""
    one, two = (
        Read(None, [Sentence("context", text)], encoder.encode(text)[np.newaxis])
        for text in (pair.one, pair.two)
    )
    return bool(contradictions(one, [two]) or contradictions(two, [one]))


def score(encoder: TextEncoder, pairs: Sequence[Pair]) -> Score:
    found = [(pair.contrary, warned(encoder, pair)) for pair in pairs]
    right = sum(contrary and said for contrary, said in found)
    return Score(
        len(pairs),
        wilson(right, sum(said for _, said in found)),
        wilson(right, sum(contrary for contrary, _ in found)),
    )


def table(scores: dict[str, Score]) -> str:
    lines = ["| pairs | number | precision | recall |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {one.pairs} | {_share(one.precision)} | {_share(one.recall)} |"
        for name, one in scores.items()
    ]
    return "\n".join(lines)


def _share(share: Share | None) -> str:
    return "–" if share is None else f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--missed", action="store_true", help="name what the mended half gets wrong"
    )
    options = parser.parse_args()
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    pairs = read_pairs()
    parted = halves(pairs)
    scores = {name: score(encoder, some) for name, some in parted.items()}
    sys.stdout.write(table({"all": score(encoder, pairs), **scores}) + "\n")
    if options.missed:
        for pair in parted[MENDED_ON]:
            if pair.contrary != warned(encoder, pair):
                near = float(encoder.encode(pair.one) @ encoder.encode(pair.two))
                kind = "missed" if pair.contrary else "false alarm"
                sys.stdout.write(f"{kind}, {pair.about}, {near:.2f}: {pair.one} | {pair.two}\n")


if __name__ == "__main__":
    main()
