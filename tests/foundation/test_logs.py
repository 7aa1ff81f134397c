"""Logs are one JSON object a line, ours and everybody else's, without what others would tell too much."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from controlplane.foundation import logs

Text = Callable[[Callable[[], object]], str]
Lines = Callable[[Callable[[], object]], list[dict[str, Any]]]


@pytest.fixture
def text(settings: Any, capsys: pytest.CaptureFixture[str]) -> Iterator[Text]:
    """What an act writes to standard error, once logging is configured by the settings."""
    settings.LOG_FORMAT, settings.LOG_LEVEL = "json", "INFO"
    root = logging.getLogger()

    def written(act: Callable[[], object]) -> str:
        handlers, level = list(root.handlers), root.level
        try:
            logs.configure()
            act()
        finally:
            root.handlers, root.level = handlers, level
        return capsys.readouterr().err

    yield written
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(text: Text) -> Lines:
    """The same, each line parsed."""
    return lambda act: [json.loads(line) for line in text(act).splitlines()]


def ours(name: str = "controlplane.tests") -> structlog.stdlib.BoundLogger:
    """A logger of ours that no test has used before."""
    return logs.logger(name)


def test_a_line_is_an_object_with_event_level_logger_and_time(lines: Lines) -> None:
    structlog.contextvars.bind_contextvars(correlation_id="c-1")

    [line] = lines(lambda: ours().info("delivery.finished", status=200, destination="erp"))

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "delivery.finished",
        "level": "info",
        "logger": "controlplane.tests",
        "correlation_id": "c-1",
        "status": 200,
        "destination": "erp",
    }


def test_other_peoples_lines_have_the_same_form(lines: Lines) -> None:
    structlog.contextvars.bind_contextvars(correlation_id="c-1")

    [line] = lines(lambda: logging.getLogger("celery.worker").warning("lost %s of %d", "one", 2))

    assert (line["event"], line["level"], line["logger"]) == ("lost one of 2", "warning", "celery.worker")
    assert line["correlation_id"] == "c-1"


@pytest.mark.parametrize("logger", [logs.logger("controlplane.tests"), logging.getLogger("theirs")])
def test_a_defect_is_one_line_with_its_traceback(lines: Lines, logger: Any) -> None:
    def fails() -> None:
        try:
            _ = dict[str, str]()["missing"]
        except KeyError:
            logger.exception("tests.defect")

    [line] = lines(fails)

    assert line["level"] == "error"
    assert line["exception"].startswith("Traceback (most recent call last):")
    assert line["exception"].endswith("KeyError: 'missing'")


def test_what_is_below_the_level_is_not_written(lines: Lines, settings: Any) -> None:
    def act() -> None:
        ours().info("tests.detail")
        logging.getLogger("theirs").info("detail")

    assert len(lines(act)) == 2
    settings.LOG_LEVEL = "WARNING"
    assert lines(act) == []


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("uvicorn.access", logging.INFO),
        ("cel", logging.WARNING),
        ("django.request", logging.WARNING),
        ("axes", logging.WARNING),
        ("celery.app.trace", logging.INFO),
        ("celery.worker.strategy", logging.INFO),
    ],
)
def test_loggers_that_tell_too_much_are_quiet(lines: Lines, name: str, level: int) -> None:
    """Addresses with a sender's token, values that an expression failed on, names that were tried, every ring."""
    assert lines(lambda: logging.getLogger(name).log(level, "GET /in/odoo?token=hunter2")) == []


def test_a_line_of_text_is_for_people(text: Text, settings: Any) -> None:
    settings.LOG_FORMAT = "text"

    written = text(lambda: ours().warning("delivery.dead", step_runs=1))

    assert "delivery.dead" in written
    assert "step_runs" in written
    assert not written.startswith("{")


def test_a_value_that_json_cannot_hold_is_written_all_the_same(lines: Lines) -> None:
    [line] = lines(lambda: ours().info("tests.strange", value={1, 2}, error=ValueError("x"), words="a\nb\x00 ü"))

    assert (line["value"], line["error"], line["words"]) == ("{1, 2}", "ValueError('x')", "a\nb\x00 ü")
