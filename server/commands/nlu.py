"""``handrail nlu``: how well messages are understood."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.commands.adapt import adapt
from server.settings import ROOT, Settings, load_settings
from training.paths import BENCH

REPORT = ROOT / "docs" / "benchmarks" / "nlu.md"
#: Texts whose encoding is timed.
TIMED = 100

nlu = typer.Typer(no_args_is_help=True, help="How well messages are understood.")
nlu.command()(adapt)


@nlu.command()
def evaluate(
    only: Annotated[
        list[str] | None, typer.Option(help="One set by name; may be given several times.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Few random draws, to see that it runs.")] = False,
    stock: Annotated[
        bool, typer.Option(help="Train and ask stock Rasa again, too; 8 minutes more.")
    ] = False,
    bench: Annotated[
        Path, typer.Option(envvar="HANDRAIL_BENCH", help="The folder with the public sets.")
    ] = BENCH,
) -> None:
    """Measure the classifier on public sets beside a plain head; takes 25 minutes the first time.

    A whole run is written to docs/benchmarks/nlu.md, a part or a quick one to <var>/bench/nlu.md.
    """
    from encoder import EncoderError
    from server.errors import HandrailError
    from training.benchmarks.runner import check
    from training.benchmarks.sets import SetMissing

    settings = load_settings()
    try:
        names = check(bench, only or [])
        _evaluate(settings, bench, names, quick=quick, stock=stock)
    except (HandrailError, SetMissing) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error


def _evaluate(
    settings: Settings, folder: Path, names: list[str], *, quick: bool, stock: bool
) -> None:
    from benchmarks import parse_cost, stock_nlu
    from benchmarks.machine import description
    from encoder import Encoder
    from encoder.kept import Vectors
    from training.benchmarks import report, runner, starter
    from training.benchmarks.bench import Bench

    encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=0)
    store = settings.var / "bench"
    bench = Bench(Vectors(encoder, store / "vectors", typer.echo), typer.echo, quick)
    background = runner.background(ROOT / "data" / "nlu")
    results = []
    for name in names:
        typer.echo(f"{name} …")
        result = runner.ALL[name](folder, bench, background)
        typer.echo(report.comparisons(result.comparisons))
        results.append(result)
    if stock:
        try:
            stock_nlu.keep(stock_nlu.run(folder, bench))
        except stock_nlu.FAILURES as error:
            # The other figures took a quarter of an hour: they are written all the same.
            typer.echo(f"Stock Rasa was not measured: {error}", err=True)
    typer.echo("reading one message in the bot's process …")
    left_out = tuple(name for name in runner.SETS if name not in names)
    facts = report.Facts(
        description(),
        f"{settings.encoder_name} in {encoder.precision}",
        runner.encoding_ms(encoder, background[:TIMED]),
        left_out,
        quick,
        parse_cost.measured(settings, starter.read().texts),
        stock_nlu.section(stock_nlu.kept()),
    )
    page = report.page(results, facts)
    target = store / "nlu.md" if quick or left_out else REPORT
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    for result in results:
        for name, text in result.files.items():
            (target.parent / name).write_text(text, "utf-8")
    typer.echo(page)
    typer.echo(f"Written to {target}")
