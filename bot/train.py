"""Train the Rasa model: `python -m bot.train --out PATH.tar.gz`, progress as JSON lines."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import IO

from bot import environment

ROOT = environment.ROOT
DATA = ("data/nlu", "data/rules", "data/stories")


#: Seconds; Rasa's graph has many steps that only pass something on.
WORTH_SAYING = 0.05
_NODE = re.compile(r"(?:run_|train_|provide_)?(?:[a-z_]+\.)*(\w+?)\d*")


class Progress:
    """Writes {"step", "seconds"} for each step that ends."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._start = self._last = time.perf_counter()

    def step(self, name: str) -> None:
        now = time.perf_counter()
        if now - self._last < WORTH_SAYING:
            return
        self._write({"step": name, "seconds": round(now - self._last, 2)})
        self._last = now

    def done(self, path: Path) -> None:
        elapsed = round(time.perf_counter() - self._start, 2)
        self._write({"done": str(path), "seconds": elapsed})

    def _write(self, line: dict[str, object]) -> None:
        print(json.dumps(line), file=self._stream, flush=True)


def train(out: Path, data: list[Path], domain: Path, config: Path, progress: Progress) -> None:
    """Write the model to `out`.

    Raises:
        Exception: Rasa or a component refuses; the text says why.
    """
    missing = [str(path) for path in (*data, domain, config) if not path.exists()]
    if missing:
        raise FileNotFoundError(f"not found: {', '.join(missing)}")
    from bot import logs

    logs.calm_warnings()
    import rasa.model_training

    logs.configure()
    progress.step("load Rasa")
    _report_components(progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    result = rasa.model_training.train(
        str(domain),
        str(config),
        [str(path) for path in data],
        output=str(out.parent),
        fixed_model_name=out.name,
    )
    if result.model is None or result.code != 0 or not out.is_file():
        raise RuntimeError(f"Rasa wrote no model (code {result.code})")
    progress.step("package")


def _report_components(progress: Progress) -> None:
    """Say each graph node when it has run; Rasa itself shows nothing that a program can read."""
    from rasa.engine.graph import GraphNode

    run = GraphNode.__call__

    def reporting(self: GraphNode, *inputs: object) -> object:
        result = run(self, *inputs)
        match = _NODE.fullmatch(self._node_name)
        progress.step(match.group(1) if match else self._node_name)
        return result

    GraphNode.__call__ = reporting


def _reason(error: BaseException | None) -> str:
    """Return the whole chain: Rasa's own last error only names the graph node."""
    reasons = []
    while error is not None:
        reasons.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or error.__context__
    return " < ".join(reasons)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the model file, *.tar.gz")
    parser.add_argument("--data", type=Path, nargs="+", default=[ROOT / path for path in DATA])
    parser.add_argument("--domain", type=Path, default=ROOT / "domain.yml")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml")
    chosen = parser.parse_args(arguments)
    if not chosen.out.name.endswith(".tar.gz"):
        parser.error("--out must end with .tar.gz")
    environment.quiet(threads=os.cpu_count() or 1)
    var = Path(os.environ.get("HANDRAIL_VAR") or ROOT / "var")
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(var / "rasa-cache"))
    progress = Progress(sys.stdout)
    try:
        # Rasa prints to stdout, where our JSON lines stand alone.
        with contextlib.redirect_stdout(sys.stderr):
            train(chosen.out.resolve(), chosen.data, chosen.domain, chosen.config, progress)
    except (Exception, SystemExit) as error:
        # SystemExit: Rasa's own "print error and exit".
        print(f"bot.train: {_reason(error)}", file=sys.stderr)  # noqa: T201
        return 1
    progress.done(chosen.out.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
