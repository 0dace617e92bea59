"""The sets by name, run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from encoder.kept import Encodes
from server.errors import Invalid, NotFound
from training.benchmarks import (
    adapted,
    banking,
    clinc,
    frustration,
    hint3,
    multidogo,
    own,
    people,
)
from training.benchmarks.bench import Bench
from training.benchmarks.compare import Result
from training.benchmarks.heads import median_ms
from training.nlu_files import NluFile
from understanding.scope import OUT_OF_SCOPE

Run = Callable[[Path, Bench, Sequence[str]], Result]


def _multidogo(domain: str, folder: Path, bench: Bench, _: Sequence[str]) -> Result:
    return multidogo.run(domain, folder, bench)


SETS: dict[str, Run] = {
    "own": lambda _, bench, __: own.run(bench),
    "banking77": lambda folder, bench, _: banking.full(folder, bench),
    "banking77-10shot": lambda folder, bench, _: banking.few(folder, bench, 10),
    "banking77-5shot": lambda folder, bench, _: banking.few(folder, bench, 5),
    "clinc150": lambda folder, bench, _: clinc.run(folder, bench),
    "hint3-sofmattress": partial(hint3.run, "sofmattress"),
    "hint3-powerplay11": partial(hint3.run, "powerplay11"),
    **{f"multidogo-{domain}": partial(_multidogo, domain) for domain in multidogo.DOMAINS},
    "requests": lambda folder, bench, _: people.run(folder, bench),
    "goemotions": lambda folder, bench, _: frustration.goemotions(folder, bench),
    "chats": lambda _, bench, __: frustration.talks(bench),
}
#: Run only when named: a tuning takes minutes.
LONG: dict[str, Run] = {
    "banking77-adapted": lambda folder, bench, _: adapted.run(folder, bench, None),
    "banking77-10shot-adapted": lambda folder, bench, _: adapted.run(folder, bench, 10),
    "banking77-5shot-adapted": lambda folder, bench, _: adapted.run(folder, bench, 5),
}
ALL = {**SETS, **LONG}


class BenchMissing(NotFound):
    code, message = "bench_missing", "The folder with the public sets is not there."


def check(folder: Path, only: Sequence[str]) -> list[str]:
    """Return the names of the sets to run, in their fixed order; where none is named, all that take no tuning.

    Raises:
        BenchMissing: there is no such folder.
        Invalid: a name is unknown.
    """
    if not folder.is_dir():
        raise BenchMissing(
            f"The public sets are not in {folder}. Name their folder in HANDRAIL_BENCH."
        )
    unknown = sorted(set(only) - set(ALL))
    if unknown:
        raise Invalid(f"Unknown: {', '.join(unknown)}; the sets are {', '.join(ALL)}.")
    return [name for name in ALL if (name in only if only else name in SETS)]


def background(nlu: Path) -> list[str]:
    """Return the starter examples of messages out of scope, from `data/nlu`."""
    path = nlu / f"{OUT_OF_SCOPE}.yml"
    examples = NluFile(path.name, path.read_text("utf-8")).examples()
    return [example.text for example in examples if example.intent == OUT_OF_SCOPE]


def encoding_ms(encoder: Encodes, texts: Sequence[str]) -> float:
    """Return the median processor time of encoding one text, in ms; the encoder must not remember."""
    return median_ms(encoder.encode, texts)
