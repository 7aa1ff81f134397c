"""A secret shows itself to the one line that sends it and to nothing else."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import structlog
from django.core.cache.backends.locmem import LocMemCache
from kombu import serialization

from connectors.messages import Secret
from connectors.tryton.sessions import Account, Session
from controlplane.foundation import logs

SECRET = Secret("hunter2-hunter2")
MASK = "Secret('•••')"


@dataclass(frozen=True)
class Holder:
    """Something that holds a secret, as a connector's context does."""

    name: str
    secret: Secret


def to_the_broker(form: str, message: Any) -> Any:
    """As Celery would write it."""
    dumps: Any = serialization.dumps
    return dumps(message, serializer=form)


SHOWN: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda secret: f"{secret} {secret!s} {secret!r} {secret:>40} {{}}".format(secret),
    "percent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - as logging does it
    "in a list": lambda secret: str([secret]),
    "in a mapping": lambda secret: str({"api_key": secret}),
    "in a dataclass": lambda secret: repr(Holder("erp", secret)),
    "as a dictionary": lambda secret: str(dataclasses.asdict(Holder("erp", secret))),
    "in an error": lambda secret: repr(ValueError("refused", secret)),
    "in a session": lambda secret: repr(Session(1, secret, {})),
    "in an account": lambda secret: repr(Account("https://erp.example", "tryton", "interlock", secret)),
    "copied": lambda secret: repr(copy.copy(secret)) + repr(copy.deepcopy({"a": [secret]})),
    "json with str": lambda secret: json.dumps({"a": secret}, default=str),
    "orjson with str": lambda secret: orjson.dumps({"a": secret}, default=str).decode(),
}
REFUSED: dict[str, Callable[[Any], Any]] = {
    "json": json.dumps,
    "orjson": orjson.dumps,
    "pickle": pickle.dumps,
    "the oldest pickle": lambda secret: pickle.dumps(secret, 0),
    "a pickled dataclass": lambda secret: pickle.dumps(Holder("erp", secret)),
    "the cache": lambda secret: LocMemCache("", {}).set("key", secret),
    "the broker, as JSON": lambda secret: to_the_broker("json", {"args": [secret]}),
    "the broker, pickled": lambda secret: to_the_broker("pickle", {"args": [secret]}),
    "its attributes": vars,
}


@pytest.mark.parametrize("way", SHOWN)
def test_it_is_masked_wherever_it_is_shown(way: str) -> None:
    shown = SHOWN[way](SECRET)

    assert "hunter2" not in shown
    assert way == "in an account" or MASK in shown or "Secret('\\u2022" in shown


@pytest.mark.parametrize("way", REFUSED)
def test_it_does_not_leave_its_process(way: str) -> None:
    with pytest.raises(Exception, match=r"does not leave its process|not JSON serializable|__dict__") as caught:
        REFUSED[way](SECRET)
    assert "hunter2" not in repr(caught.value)


def test_it_is_masked_in_logs_of_either_kind(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    handlers = list(logging.getLogger().handlers)
    for form in ("json", "text"):
        settings.LOG_FORMAT = form
        logs.configure()
        structlog.get_logger("tests").error("credential.used", secret=SECRET, context={"api_key": SECRET})
        logging.getLogger("tests").error("credential %s of %r", SECRET, {"api_key": SECRET})
        try:
            _ = dict[Secret, str]()[SECRET]
        except KeyError:
            structlog.get_logger("tests").exception("credential.defect", secrets=[SECRET])
    logging.getLogger().handlers = handlers

    said = capsys.readouterr().err
    assert said.count("credential") >= 6
    assert "hunter2" not in said


def test_it_is_masked_in_a_traceback_with_local_variables() -> None:
    def sends(secret: Secret) -> None:
        headers = {"authorization": secret}
        raise RuntimeError(str(headers))

    with pytest.raises(RuntimeError) as caught:
        sends(SECRET)

    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert f"secret = {MASK}" in shown
    assert "hunter2" not in shown


def test_two_of_one_value_are_equal_and_of_two_values_are_not() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("\udc80") != Secret("ä")


def test_a_copy_is_the_same_secret() -> None:
    assert copy.deepcopy(SECRET).reveal() == "hunter2-hunter2"
