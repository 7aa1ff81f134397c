"""Structured logs: one JSON object a line, each with its ``event`` name and the correlation id.

Event names are dotted words; ``docs/log-events.md`` names every one (a test compares). Values that
could be secret or personal are not logged: ids and counts are.
"""

from __future__ import annotations

import logging
import logging.config
import sys
from typing import Any

import structlog
from django.conf import settings


def _processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _renderer() -> Any:
    if settings.LOG_FORMAT == "text":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer()


def configure() -> None:
    """Send Django's, Celery's and our own records through one formatter to standard error."""
    structlog.configure(
        processors=[*_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _processors(),
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer()],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"structured": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": settings.LOG_LEVEL},
            "loggers": {
                "django.request": {"level": "ERROR"},
                "axes": {"level": "ERROR"},
                # It warns with the very value that an expression failed on.
                "cel": {"level": "CRITICAL"},
                # It writes whole addresses: the token of a sender may stand in the query.
                "uvicorn.access": {"level": "CRITICAL"},
                # It tells of every socket that is opened or closed, and not in our form.
                "uvicorn.error": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
            },
        }
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A module's own, named after it: its events are dotted words with values beside them."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found
