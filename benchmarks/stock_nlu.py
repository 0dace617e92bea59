"""Stock Rasa's understanding, the pipeline that ``rasa init`` gives, on banking77 with 10 examples per intent."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from benchmarks.machine import description
from benchmarks.stock_rasa import QUIET, RASA, rasa
from server.settings import ROOT
from training.benchmarks import sets
from training.benchmarks.bench import Bench
from training.benchmarks.metrics import accuracy, macro_f1, places_of

#: The row stays on the page until the next run with `--stock`.
KEPT = ROOT / "docs" / "benchmarks" / "stock-nlu.json"
DEFAULTS = "lib/python3*/site-packages/rasa/engine/recipes/config_files/default_config.yml"
SHOTS, SEED, EPOCHS = 10, 1, 100
#: A comparison that takes longer than an hour is none.
TRAIN_LIMIT, PARSE_LIMIT = 3600.0, 1800.0
FALLBACK = "nlu_fallback"
#: What `run` raises where Rasa is missing, refuses or takes too long.
FAILURES = (OSError, subprocess.SubprocessError, RuntimeError)


@dataclass(frozen=True)
class Row:
    system: str
    accuracy: float
    macro_f1: float
    train_seconds: float
    message_ms: float


@dataclass(frozen=True)
class Run:
    machine: str
    epochs: int
    examples: int
    messages: int
    rows: tuple[Row, ...]


def run(folder: Path, bench: Bench, *, epochs: int = EPOCHS, most: int | None = None) -> Run:
    """Train stock Rasa, the plain head and ours on the same draw; ask all the same test messages.

    `most` limits the test messages, to see that it runs.

    Raises:
        FAILURES: Rasa is missing, refused, or took over an hour.
    """
    train, test = sets.banking77(folder)
    places = sets.draw(train.intents, SHOTS, SEED)
    part = sets.Part(
        tuple(train.texts[place] for place in places),
        tuple(train.intents[place] for place in places),
    )
    asked = sets.Part(test.texts[:most], test.intents[:most])
    known = sorted(set(part.intents))
    truth = places_of(asked.intents, known)
    examples = bench.examples("banking77 draw", part.texts)
    messages = bench.examples("banking77 test", asked.texts)
    fitted, cost = bench.fit(examples, part.intents)
    rows = []
    for name, one, spent in (
        ("plain head", fitted.plain, cost.plain),
        ("Handrail", fitted.ours, cost.ours),
    ):
        guess = one.answer(messages).probabilities.argmax(axis=1)
        right, mean = accuracy(truth, guess), macro_f1(truth, guess, len(known))
        rows.append(Row(name, right, mean, spent.train_seconds, spent.message_ms))
    bench.say(f"stock Rasa: training on {len(part)} examples, {epochs} epochs …")
    with tempfile.TemporaryDirectory(prefix="handrail-stock-") as work:
        seconds = train_stock(Path(work), part, epochs)
        bench.say(f"stock Rasa: trained in {seconds:.0f} s")
        called, message_ms = ask(Path(work), asked.texts)
    guess = places_of(called, known)
    mean = macro_f1(truth, guess, len(known) + 1)
    rows.append(Row("stock Rasa (DIET)", accuracy(truth, guess), mean, seconds, message_ms))
    return Run(description(), epochs, len(part), len(asked), tuple(rows))


def train_stock(work: Path, part: sets.Part, epochs: int) -> float:
    """Write data and configuration, train; return the processor seconds of `rasa train nlu`, start and all."""
    defaults = next(Path(RASA).parents[1].glob(DEFAULTS), None)
    if defaults is None:
        raise RuntimeError(f"{RASA} is not installed; run `make setup` first")
    config = yaml.safe_load(defaults.read_text("utf-8"))
    config.pop("policies", None)
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    (work / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    blocks = [
        {"intent": intent, "examples": [{"text": _line(text)} for text in _of(part, intent)]}
        for intent in sorted(set(part.intents))
    ]
    data = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)
    (work / "nlu.yml").write_text(data, "utf-8")
    before = _children()
    rasa(
        work,
        *("train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml"),
        *("--fixed-model-name", "stock"),
        limit=TRAIN_LIMIT,
    )
    return _children() - before


def ask(work: Path, texts: Sequence[str]) -> tuple[list[str], float]:
    """Return the intent of each text, and milliseconds of processor time a message after the first."""
    python = str(Path(RASA).with_name("python"))
    with subprocess.Popen(  # noqa: S603 - our own environment's command
        [python, "-m", "bot.parse", "--model", str(work / "models" / "stock.tar.gz")],
        cwd=ROOT,
        env={**QUIET, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        found, before, ends = [], 0.0, time.monotonic() + PARSE_LIMIT
        for number, text in enumerate(texts):
            process.stdin.write(json.dumps({"text": text}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line or time.monotonic() > ends:
                process.kill()
                raise subprocess.TimeoutExpired("bot.parse", PARSE_LIMIT)
            found.append(_intent(json.loads(line)))
            if number == 0:
                before = _processor(process.pid)
        seconds = _processor(process.pid) - before
        process.stdin.close()
    return found, 1000 * seconds / max(1, len(texts) - 1)


def keep(run: Run, path: Path = KEPT) -> None:
    path.write_text(json.dumps(asdict(run), indent=2) + "\n", "utf-8")


def kept(path: Path = KEPT) -> Run | None:
    """Return the last run that was kept, or None."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text("utf-8"))
    rows = tuple(Row(**row) for row in found.pop("rows"))
    return Run(**found, rows=rows)


def section(run: Run | None) -> str:
    """Return the section of the page."""
    if run is None:
        return "## Beside stock Rasa\n\nNot measured yet: `./handrail nlu evaluate --stock`."
    lines = [
        "| system | accuracy | macro-F1 | training (s) | one message (ms) |",
        "|---|---|---|---|---|",
        *(
            f"| {row.system} | {100 * row.accuracy:.1f} | {100 * row.macro_f1:.1f} "
            f"| {row.train_seconds:,.0f} | {row.message_ms:.1f} |"
            for row in run.rows
        ),
    ]
    how = (
        f"`./handrail nlu evaluate --stock`, {run.machine}: banking77, 10-shot, draw {SEED} "
        f"({run.examples} examples), {run.messages:,} test messages.\nStock Rasa is the pipeline of `rasa init` "
        f"with DIET at {run.epochs} epochs; its times are of `rasa train nlu`, start included,\nand of a whole "
        "parse; the heads' with sentence vectors at hand: encoding comes on top. All in processor time,\n"
        "which other work on the machine changes little."
    )
    return "\n\n".join(["## Beside stock Rasa", how, "\n".join(lines)])


def _children() -> float:
    """The processor seconds of the processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor(pid: int) -> float:
    """The processor seconds of a running process, by fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _of(part: sets.Part, intent: str) -> list[str]:
    return [text for text, name in zip(part.texts, part.intents, strict=True) if name == intent]


def _line(text: str) -> str:
    # Square brackets would be read as entities.
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _intent(parse: dict[str, object]) -> str:
    """The likeliest intent; what stock Rasa would rather not answer counts by its best guess."""
    ranking = parse.get("intent_ranking")
    names = [str(one["name"]) for one in ranking] if isinstance(ranking, list) else []
    return next((name for name in names if name != FALLBACK), "")
