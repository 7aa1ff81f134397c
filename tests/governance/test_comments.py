"""What is said about a place of a version: where it is found, whether later versions still have it, who settles it."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Invalid, NotAllowed, NotFound
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.resolve import resolve
from controlplane.governance.changes.revise import revise
from controlplane.governance.models import ChangeRequest, Comment, Resolution, Revision
from controlplane.governance.selectors.comments import at_findings, at_lines, comments_of
from controlplane.governance.selectors.documents import difference_of
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.governance.board import Company
from tests.transactions.factories import an_access

OLD = {"id": {"type": "string"}, "vat": {"type": "string"}}
NEW = {"id": {"type": "string"}, "vat": {"pattern": "^AT", "type": "string"}}


@pytest.fixture
def change(company: Company) -> ChangeRequest:
    """Proposed with documents: the pattern of ``vat`` is new, on line 6."""
    return company.proposed(documents=[OLD, NEW])


def lines_of(revision: Revision) -> list[str]:
    difference = difference_of(revision)
    assert difference is not None
    return [f"{line.old or ''}:{line.new or ''} {line.text.strip()}" for line in difference.lines]


def said_at(change: ChangeRequest, number: int) -> dict[str, list[str]]:
    """What stands at which line of a version: the line's text, and the words."""
    revision = change.revisions.get(number=number)
    difference = difference_of(revision)
    assert difference is not None
    placed = at_lines(comments_of(change), revision, difference)
    return {difference.lines[index].text.strip(): [one.words for one in said] for index, said in placed.items()}


def test_a_comment_is_kept_with_the_line_it_was_said_of(company: Company, change: ChangeRequest) -> None:
    assert lines_of(change.revision)[3:5] == ['5:5 "vat": {', ':6 "pattern": "^AT",']
    said = comment(company.priya, change.pk, "Northern Ireland is XI.", at="L6")
    assert (said.place, said.pointer, said.quoted) == ("L6", "/vat/pattern", '"pattern": "^AT"')
    assert said.get_absolute_url() == f"/changes/{change.pk}/?v=1&at=L6#L6"
    details = AuditRecord.objects.get(action="change.commented").details
    assert details == {"comment": said.pk, "version": 1, "place": "L6"}


def test_a_json_pointer_leads_to_the_first_line_of_its_value(company: Company, change: ChangeRequest) -> None:
    assert comment(company.priya, change.pk, "Why?", at="/vat/pattern").place == "L6"


def test_a_difference_is_a_place_too(company: Company, change: ChangeRequest) -> None:
    said = comment(company.priya, change.pk, "Which reports?", at="F1")
    assert (said.place, said.pointer, said.quoted) == ("F1", "Name", "Name")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("L7000", "Version 1 changes nothing at line 7,000; nothing was kept."),
        ("O99", "Version 1 changes nothing at old line 99; nothing was kept."),
        ("F3", "Version 1 has no difference 3; nothing was kept."),
        ("F0", "at is a line"),
        ("L06", "at is a line"),
        ("somewhere", "at is a line"),
        ("/vat/nothing", "Version 1 changes nothing at line of '/vat/nothing'; nothing was kept."),
    ],
)
def test_a_place_at_which_nothing_changes_is_refused(
    company: Company, change: ChangeRequest, at: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        comment(company.priya, change.pk, "Why?", at=at)
    assert refused.value.field == "at"
    assert Comment.objects.count() == 0


def test_of_a_change_without_documents_no_line_is_a_place(company: Company) -> None:
    with pytest.raises(Invalid, match="Version 1 changes nothing at line 1"):
        comment(company.priya, company.proposed().pk, "Why?", at="L1")


def test_it_stands_at_the_same_place_in_a_later_version_where_that_is_still_there(
    company: Company, change: ChangeRequest
) -> None:
    comment(company.priya, change.pk, "Northern Ireland is XI.", at="L6")
    comment(company.ana, change.pk, "Which reports?", at="F1")
    moved: dict[str, Any] = {"a": 1, "b": 2, **NEW}
    revise(company.mara, change.pk, {"name": "Invoicing", "documents": [OLD, moved]}, after=1)
    other: dict[str, Any] = {**NEW, "vat": {"pattern": "^[A-Z]{2}", "type": "string"}}
    revise(company.mara, change.pk, {"name": "Invoicing", "documents": [OLD, other]}, after=2)
    revise(company.mara, change.pk, {"name": "Invoicing", "documents": [OLD, {**NEW, "vat": 1}]}, after=3)

    assert said_at(change, 1) == {'"pattern": "^AT",': ["Northern Ireland is XI."]}
    assert said_at(change, 2) == {'"pattern": "^AT",': ["Northern Ireland is XI."]}
    assert said_at(change, 3) == {'"pattern": "^[A-Z]{2}",': ["Northern Ireland is XI."]}
    assert said_at(change, 4) == {}
    newest = change.revisions.get(number=4)
    assert {at: [one.words for one in said] for at, said in at_findings(comments_of(change), newest).items()} == {
        1: ["Which reports?"]
    }


def test_an_older_version_is_commented_on_where_it_is_read(company: Company, change: ChangeRequest) -> None:
    revise(company.mara, change.pk, {"name": "Invoicing"}, after=1)
    said = comment(company.priya, change.pk, "It was better.", at="L6", version=1)
    assert said.revision.number == 1
    with pytest.raises(NotFound, match="has no version 7; the newest is 2"):
        comment(company.priya, change.pk, "And this?", version=7)


def test_who_said_it_or_may_propose_settles_it_and_every_turn_is_kept(company: Company, change: ChangeRequest) -> None:
    said = comment(company.priya, change.pk, "Why?", at="L6")
    with pytest.raises(NotAllowed, match="Whoever said it, or may propose the change"):
        resolve(company.jonas, change.pk, said.pk, resolved=True)
    resolve(company.mara, change.pk, said.pk, resolved=True)
    resolve(company.mara, change.pk, said.pk, resolved=True)
    now = comments_of(change).get()
    assert (getattr(now, "resolved", None), getattr(now, "settled_by", None)) == (True, "Mara Lindqvist")
    resolve(company.priya, change.pk, said.pk, resolved=False)
    assert [one.resolved for one in Resolution.objects.order_by("pk")] == [True, False]
    found = AuditRecord.objects.filter(action__startswith="change.comment_").order_by("pk")
    assert [one.action for one in found] == ["change.comment_resolved", "change.comment_reopened"]


def test_a_comment_of_another_change_is_not_settled_here(company: Company, change: ChangeRequest) -> None:
    said = comment(company.priya, company.proposed("Dunning").pk, "Why?")
    with pytest.raises(NotFound, match=f"Nobody said that about CC-{change.pk}"):
        resolve(company.priya, change.pk, said.pk, resolved=True)
    stranger = an_access(Role.OWNER, Team.objects.create(slug="sales", name="Sales"))
    hidden = company.proposed(kind="team_name_at_once")
    with pytest.raises(Http404):
        resolve(stranger, hidden.pk, said.pk, resolved=True)
