"""The examination runs every check, whatever breaks, and ends with the right exit code."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from controlplane.standalone.doctor import database, intake, machine, safety, services
from controlplane.standalone.doctor.examination import CHECKS, examine, in_words
from controlplane.standalone.doctor.finding import Check, State, bad, not_checked, ok, warn


def breaks() -> None:
    message = "no such table"
    raise KeyError(message)


def test_a_check_that_breaks_is_a_finding_and_the_next_runs() -> None:
    findings = dict(examine({"one": breaks, "two": lambda: ok("well")}))  # type: ignore[dict-item]
    assert findings["one"].state is State.BAD
    assert findings["one"].what == "The check itself failed: KeyError: 'no such table'"
    assert findings["two"].state is State.OK


def test_every_state_is_said_with_its_cure_and_counted() -> None:
    said = list(
        in_words(
            [("a", ok("fine")), ("b", warn("thin", "feed it")), ("c", bad("gone", "get it")), ("d", not_checked("?"))]
        )
    )
    assert said == [
        "ok           a                   fine",
        "warning      b                   thin",
        "                                 → feed it",
        "bad          c                   gone",
        "                                 → get it",
        "not checked  d                   ?",
        "1 ok, 1 warning, 1 bad, 1 not checked",
    ]


@pytest.mark.parametrize(
    ("check", "leaves"), [(lambda: bad("gone", "get it"), True), (lambda: warn("thin", ""), False)]
)
def test_only_what_is_bad_makes_the_command_fail(monkeypatch: pytest.MonkeyPatch, check: Check, leaves: bool) -> None:
    for name in list(CHECKS):
        monkeypatch.delitem(CHECKS, name)
    monkeypatch.setitem(CHECKS, "one", check)
    said = StringIO()
    if leaves:
        with pytest.raises(SystemExit, match="1"):
            call_command("doctor", stdout=said)
    else:
        call_command("doctor", stdout=said)
    assert "one" in said.getvalue()


def test_with_everything_down_there_is_a_word_to_each_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    findings = dict(examine())
    assert list(findings) == list(CHECKS)
    assert not [name for name, finding in findings.items() if "check itself failed" in finding.what]


def test_every_check_of_the_doctor_is_in_the_list() -> None:
    written = {
        check
        for module in (database, intake, machine, safety, services)
        for name, check in vars(module).items()
        if callable(check)
        and getattr(check, "__module__", "") == module.__name__
        and getattr(check, "__annotations__", {}).get("return") == "Finding"
        and not name.startswith("_")
    }
    assert written == set(CHECKS.values())
