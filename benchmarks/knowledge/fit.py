"""Fit the shipped calibration: ``python -m benchmarks.knowledge.fit`` (needs the exported encoder).

The ranking and its probabilities are learned from the fitting half of the starter questions (by the checksum of
their text), the starter articles' own variants, and wixqa and techqa (MIT, Apache-2.0), each house weighing the
same. stackfaq's licence asks for more, so it is only measured. What is held out is reported by `kb evaluate`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from benchmarks.knowledge import houses
from benchmarks.knowledge.asking import Asked, Reader, ask, by_nlu, no_intent
from encoder import Encoder
from knowledge_base.search.calibration import FILE, Calibration
from knowledge_base.search.evaluation import Case, fit_fusion, fit_probabilities, report, weighed
from knowledge_base.search.fitting import Logistic
from server.clock import SystemClock
from server.settings import ROOT, load_settings
from training.paths import BENCH

STARTER = "starter"
SHIPPED = (STARTER, "wixqa", "techqa")


def learn(asked: Iterable[Asked], about: dict[str, object]) -> Calibration:
    """Fit on these houses; of the starter, on its fitting half."""
    ranking: list[Case] = []
    deciding: list[Case] = []
    for one in asked:
        name = one.house.name
        variants = fitting(one.variants, name)
        ranking += weighed([*fitting(one.cases, name), *variants])
        deciding += weighed([*fitting(one.half_hidden(), name), *variants])
    blank = Logistic(0.0, ())
    draft = Calibration("draft", fit_fusion(ranking), blank, blank, (), {})
    return fit_probabilities(draft, deciding, today=SystemClock().now().date(), about=dict(about))


def fitting(cases: Sequence[Case], house: str) -> list[Case]:
    """The cases that may be learned from."""
    return [case for case in cases if case.example.fits or house != STARTER]


def main() -> None:
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=0)
    reader = Reader(encoder, settings.var / "bench" / "vectors", _say)
    guess = by_nlu(ROOT / "data" / "nlu", reader)
    own = ask(houses.starter(ROOT / "data"), reader, guess)
    asked = [own]
    asked += [ask(houses.PUBLIC[name](BENCH), reader, no_intent) for name in SHIPPED[1:]]
    general = learn(
        asked,
        {
            "encoder": encoder.checksum,
            "houses": list(SHIPPED),
            "split": "starter questions by sha256 of the text, first byte even: fitting; odd: held out",
        },
    )
    # How likely an answer helps is another question in each house: the starter's own questions have the last word.
    own_cases = [*fitting(own.cases, STARTER), *fitting(own.variants, STARTER)]
    fitted = fit_probabilities(
        general, own_cases, today=SystemClock().now().date(), about=general.about
    )
    held_out = [case for case in own.cases if not case.example.fits]
    fitted.about["held_out"] = report(held_out, fitted, settings.answer_precision)
    fitted.save(FILE)
    _say(str(fitted.about["held_out"]))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
