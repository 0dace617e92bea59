"""How often the right earlier reply is among the three that an agent is shown.

    python -m benchmarks.desk_replies            prints the tables of docs/benchmarks/handoff.md

No public set here has agents' replies (multidogo's annotated turns are the customers' alone), so two sets of
questions with known classes stand in, each class having one reply. stackfaq: 125 questions, each asked in about
ten wordings; one wording of each is the log, the others are asked; the weight of words is chosen on the first 62
questions, figures are of the other 63. banking77: 2,000 messages of its train part, drawn at random, are the log
and its test part is asked; the weight is chosen on 1,000 other messages of the train part.
"""

from __future__ import annotations

import random
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge.houses import stackfaq
from benchmarks.machine import description
from encoder import Encoder
from handoff.similar.index import NEAR, WORDS, Index
from handoff.similar.pairs import Pair
from server.settings import load_settings
from training.benchmarks.sets import banking77
from training.paths import BENCH

SHOWN = 3
SEEDS = range(1, 11)
DRAWS = 2000
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)
NEARS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
NOTHING = -1.0
LOG, HELD_OUT = 2000, 1000

Wordings = dict[str, list[str]]
Said = list[tuple[str, str]]
Hits = dict[str, list[bool]]
Encode = Callable[[str], NDArray[np.float32]]


def one_each(wordings: Wordings, seed: int) -> tuple[Said, Said]:
    """(question, class) of the log, one of each class, and of what is asked."""
    log, asked = [], []
    for name, texts in wordings.items():
        mixed = random.Random(f"{seed}:{name}").sample(texts, len(texts))  # noqa: S311 - a draw
        log.append((mixed[0], name))
        asked += [(text, name) for text in mixed[1:]]
    return log, asked


def drawn(train: Said, seed: int) -> tuple[Said, Said]:
    """The log, and other messages to choose the weight on."""
    mixed = random.Random(seed).sample(train, LOG + HELD_OUT)  # noqa: S311 - a draw
    return mixed[:LOG], mixed[LOG:]


def hits(
    log: Said,
    asked: Said,
    encode: Encode,
    way: str,
    weight: float = WORDS,
) -> Hits:
    """By class, whether its reply was among the three shown; `way`: both, words or frequent."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    pairs = [Pair(uuid.uuid4(), text, f"the reply of class {name}", at) for text, name in log]
    frequent = [name for name, _ in Counter(name for _, name in log).most_common(SHOWN)]
    vectors = np.stack([encode(text) for text, _ in log])
    index = Index(pairs, np.zeros_like(vectors) if way == "words" else vectors, words=weight)
    found: Hits = {}
    for text, name in asked:
        if way == "frequent":
            shown = frequent
        else:
            matches = index.search(text, encode(text), limit=SHOWN, near=NOTHING)
            shown = [match.reply.rsplit(" ", 1)[1] for match in matches]
        found.setdefault(name, []).append(name in shown)
    return found


def share(found: Sequence[Hits]) -> tuple[float, float, float]:
    """Over all draws, with a 95 % interval by resampling classes, since wordings of one are alike."""
    names = sorted(found[0])
    rows = [[flag for one in found for flag in one[name]] for name in names]
    right, total = np.array([sum(row) for row in rows]), np.array([len(row) for row in rows])
    draws = np.random.default_rng(1).integers(0, len(names), (DRAWS, len(names)))
    low, high = np.quantile(right[draws].sum(1) / total[draws].sum(1), (0.025, 0.975))
    return right.sum() / total.sum(), float(low), float(high)


def strangers(log: Said, asked: Said, others: Said, encode: Encode) -> list[tuple[float, float]]:
    """For each of `NEARS` how often something is shown for a question whose reply is in the log, and for one
    whose is not."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    pairs = [Pair(uuid.uuid4(), text, f"the reply of class {name}", at) for text, name in log]
    index = Index(pairs, np.stack([encode(text) for text, _ in log]))

    def best(said: Said) -> NDArray[np.float64]:
        tops = [index.search(text, encode(text), limit=1, near=NOTHING) for text, _ in said]
        return np.array([top[0].score for top in tops])

    known, unknown = best(asked), best(others)
    return [(float(np.mean(known >= near)), float(np.mean(unknown >= near))) for near in NEARS]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def tell(
    name: str,
    choose: Callable[[int], tuple[Said, Said]],
    report: Callable[[int], tuple[Said, Said]],
    encode: Encode,
) -> None:
    say(f"\n{name}\n\n| weight of words | right among three, held out |\n|---|---|")
    for weight in WEIGHTS:
        found = [hits(*choose(seed), encode, "both", weight) for seed in SEEDS[:3]]
        say(f"| {weight} | {share(found)[0]:.3f} |")
    say("\n| ranked by | right among three | 95 % |\n|---|---|---|")
    for way in ("both", "words", "frequent"):
        found = [hits(*report(seed), encode, way) for seed in SEEDS]
        middle, low, high = share(found)
        say(f"| {way} | {middle:.3f} | {low:.3f} to {high:.3f} |")


def main() -> None:
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=16_384)
    bench = BENCH
    wordings: Wordings = {}
    for example in stackfaq(bench).examples:
        wordings.setdefault(next(iter(example.articles)), []).append(example.text)
    names = sorted(wordings, key=lambda name: int(name.rsplit("-", 1)[1]))
    names = [name for name in names if len(wordings[name]) >= 4]
    first = {name: wordings[name] for name in names[: len(names) // 2]}
    second = {name: wordings[name] for name in names[len(names) // 2 :]}
    train, test = (list(zip(part.texts, part.intents, strict=True)) for part in banking77(bench))
    say(f"{description()}; weight {WORDS}, from score {NEAR}, seeds {SEEDS[0]} to {SEEDS[-1]}")
    tell(
        f"stackfaq ({len(first)} and {len(second)} questions)",
        lambda seed: one_each(first, seed), lambda seed: one_each(second, seed), encoder.encode,
    )  # fmt: skip
    tell(
        f"banking77 ({len({name for _, name in test})} classes)",
        lambda seed: drawn(train, seed), lambda seed: (drawn(train, seed)[0], test), encoder.encode,
    )  # fmt: skip
    say("\n| shown from score | reply in the log | not in the log | banking77: in | not in |")
    say("|---|---|---|---|---|")
    log, asked = drawn(train, 1)
    kept = set(sorted({name for _, name in train})[::2])
    rows = zip(
        NEARS,
        strangers(*one_each(first, 1), [(t, n) for n in second for t in second[n]], encoder.encode),
        strangers(
            [one for one in log if one[1] in kept],
            [one for one in asked if one[1] in kept],
            [one for one in asked if one[1] not in kept],
            encoder.encode,
        ),
        strict=True,
    )
    for near, faq, bank in rows:
        say(f"| {near} | {faq[0]:.3f} | {faq[1]:.3f} | {bank[0]:.3f} | {bank[1]:.3f} |")


if __name__ == "__main__":
    main()
