"""Find suspects in a process of its own, beside the app: python -m training.suspects.find --nlu FOLDER --out FILE.

Half a minute of arithmetic on one processor: the event loop, and whoever waits for an answer, notice nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encoder import Encoder
from server.settings import ROOT
from training.suspects.finding import write_found

#: Where the app does not say otherwise.
ENCODER = ROOT / "var" / "encoders" / "all-MiniLM-L6-v2"


def main(
    nlu: Annotated[Path, typer.Option(help="The folder of training files.")],
    out: Annotated[Path, typer.Option(help="Where the list goes, as JSON.")],
    encoder: Annotated[
        Path, typer.Option(envvar="HANDRAIL_ENCODER_PATH", help="The folder of the encoder.")
    ] = ENCODER,
    precision: Annotated[str, typer.Option(envvar="HANDRAIL_PRECISION")] = "auto",
) -> None:
    """Find training examples whose intent looks wrong."""
    write_found(nlu, out, Encoder.load(encoder, precision=precision))


if __name__ == "__main__":
    typer.run(main)
