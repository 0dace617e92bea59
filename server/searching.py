"""What the search reads with: the encoder tuned for it, and the reranker, where this house has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from encoder import Encoder
from encoder.adapted import PRECISION, adapted_for
from server.settings import Settings

if TYPE_CHECKING:
    from knowledge_base.search.rerank import Reranker

log = structlog.get_logger(__name__)


def searching_encoder(settings: Settings, encoder: Encoder | None = None) -> Encoder:
    """One tuned by `handrail kb adapt` where it fits the base, else the base, `encoder` if it is loaded already.

    Raises:
        EncoderError: there is none, or its files are damaged.
    """
    folder = settings.retrieval_encoder_path
    if adapted_for(settings.encoder_path, folder) is None:
        return encoder or Encoder.load(settings.encoder_path, precision=settings.precision)
    log.info("search_encoder", folder=folder.name)
    return Encoder.load(folder, precision=PRECISION)


def searching_reranker(settings: Settings, encoder: Encoder) -> Reranker | None:
    """The one in `HANDRAIL_RERANKER`, if it was fitted with the encoder that searches."""
    from knowledge_base.search.rerank import reranker_in

    return reranker_in(settings.reranker, encoder.checksum)
