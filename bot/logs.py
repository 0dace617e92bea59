"""Logging without customers' words."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Said at every start by libraries that Rasa pins, and of no use to whoever reads the log.
_NOISE = ("DeprecationWarning", "MovedIn20Warning", "Slot auto-fill has been removed")
#: Of Rasa's structured events only these keys are logged; the others may hold a message's text.
SAFE_KEYS = frozenset({"event", "event_info", "exception", "level", "timestamp"})


def calm_warnings() -> None:
    """Send Python's warnings to the log, without the third parties' standing ones.

    Must run before Rasa is imported. A filter of `warnings` would not last: Rasa resets them.
    """
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addFilter(
        lambda record: not any(noise in record.getMessage() for noise in _NOISE)
    )


def configure() -> None:
    """Log our own words from INFO on and everybody else's from WARNING on, to stderr.

    Must run after Rasa is imported. structlog is unconfigured by default, and then Rasa prints each
    message's text at debug level.
    """
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("bot").setLevel(logging.INFO)
    # Sanic has handlers of its own and would say everything twice.
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logging.getLogger(name).propagate = False
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            keep_safe_keys,
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def keep_safe_keys(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop what may hold a customer's words."""
    return {key: value for key, value in event.items() if key in SAFE_KEYS}
