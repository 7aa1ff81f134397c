"""``manage.py estate apply``: what it prints, what it refuses, and what a file may be."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Team
from tests.console.estate.conftest import changed, counted, small

pytestmark = pytest.mark.django_db

#: Nine lists of nine of the list before, and so on: five million values in a few lines.
LAUGHTER = "teams:\n  a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  {name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)


def run(file: Path, *options: str) -> list[str]:
    """What the command prints."""
    out = io.StringIO()
    call_command("estate", "apply", str(file), *options, stdout=out)
    return out.getvalue().splitlines()


def written(folder: Path, document: object) -> Path:
    """The document in a file."""
    path = folder / "estate.yaml"
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document))
    return path


def test_it_says_what_it_made_and_then_that_all_is_as_it_was(tmp_path: Path) -> None:
    file = written(tmp_path, small())

    printed = run(file)

    assert printed[0] == "+ teams.finance"
    assert "+ flows.tell v1" in printed
    assert printed[-1] == "19 created, 0 changed, 0 as they were"
    assert run(file) == ["0 created, 0 changed, 16 as they were"]


def test_it_says_what_it_changed(tmp_path: Path) -> None:
    run(written(tmp_path, small()))

    printed = run(written(tmp_path, changed(small(), "teams.finance.name", "Money")))

    assert printed == ["~ teams.finance", "0 created, 1 changed, 15 as they were"]


def test_a_dry_run_says_so(tmp_path: Path) -> None:
    before = counted()

    printed = run(written(tmp_path, small()), "--dry-run")

    assert printed[0] == "+ teams.finance"
    assert printed[-1] == "Dry run, nothing was changed: 19 created, 0 changed, 0 as they were"
    assert counted() == before


def test_the_audit_knows_that_it_was_the_command_line(tmp_path: Path) -> None:
    run(written(tmp_path, small()))

    record = AuditRecord.objects.get(action="estate.applied")
    assert (record.actor_label, record.via) == ("command line", "command")


def test_a_mistake_ends_it_with_the_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(file := written(tmp_path, changed(small(), "endpoints.billing.scheme", "strip")))

    sentence = f"{file}:21:5: endpoints.billing.scheme: there is no 'strip'; did you mean 'stripe'?"
    assert str(caught.value) == f"{sentence}\nNothing was changed."
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teams:\n  finance: {}\n  finance: {name: Money}\n", "estate.yaml:3:3: 'finance' stands here twice."),
        ("teams: [", "estate.yaml:1:9: expected the node content, but found '<stream end>'."),
        ("teams: {finance: {name: hunter2}", "estate.yaml:1:33: expected ',' or '}', but got '<stream end>'."),
        ("teams: !!python/object/apply:os.getcwd []", "estate.yaml:1:8: could not determine a constructor"),
        ("? [a, b]\n: c", "estate.yaml:1:3: found unhashable key."),
        ("teams: \x01", "estate.yaml is not YAML: unacceptable character #x0001"),
        ("", "estate.yaml:1:1: An estate document holds sections: environments"),
        ("just words", "estate.yaml:1:1: An estate document holds sections: environments"),
        ("yes: {}", "There is no section True; there are: companies"),
        ("teams: {finance: {name: 2026-11-21}}", "estate.yaml:1:19: teams.finance.name: a date like this"),
        ("teams: {finance: {name: 2026-02-30}}", "estate.yaml:1:25: '2026-02-30': day is out of range for month."),
        ("[" * 5000, "is not YAML: "),
        (
            "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n",
            "estate.yaml:1:1: There is no section 'a'",
        ),
        (
            LAUGHTER,
            "repeats itself without end",
        ),
    ],
)
def test_a_file_that_is_no_document_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(written(tmp_path, text))

    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).endswith("Nothing was changed.")


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot be read: .*No such file"):
        run(tmp_path / "none.yaml")
    with pytest.raises(CommandError, match=r"cannot be read: .*directory"):
        run(tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read: "):
        run(tmp_path / "binary.yaml")
