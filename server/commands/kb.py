"""``handrail kb``: the articles and how well they answer."""

from __future__ import annotations

import typer

from server.commands.kb_adapt import adapt
from server.commands.kb_articles import export_articles, import_articles
from server.commands.kb_digest import digest
from server.commands.kb_evaluate import evaluate
from server.commands.kb_quality import fit, precision
from server.commands.kb_rerank import rerank

kb = typer.Typer(no_args_is_help=True, help="The articles and how well they answer.")
kb.command("import")(import_articles)
kb.command("export")(export_articles)
kb.command()(fit)
kb.command()(precision)
kb.command()(digest)
kb.command()(evaluate)
kb.command()(adapt)
kb.add_typer(rerank, name="rerank")
