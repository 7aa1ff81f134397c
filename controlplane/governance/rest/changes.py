"""Changes: listed, read, proposed, revised, voted on, applied, and talked about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.http import Http404

from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.governance.changes.apply import apply, why_not_apply
from controlplane.governance.changes.check import check_again
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.meet import meet
from controlplane.governance.changes.propose import Emergency, propose, submit
from controlplane.governance.changes.resolve import resolve
from controlplane.governance.changes.review import review
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import Asked, vote, why_no_vote
from controlplane.governance.changes.withdraw import withdraw
from controlplane.governance.models import ChangeRequest, ChangeState, Check, Choice, Condition, Revision
from controlplane.governance.rest import asking, shapes
from controlplane.governance.selectors import author_ids, change_for, current_votes, tally_of
from controlplane.governance.selectors.comments import MOST, comments_of
from controlplane.governance.selectors.listing import PAGE, Filters, page_rows, waiting_rows
from controlplane.people.access import Access
from controlplane.people.models import Person
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView

AREA = "Changes"


class Changes(ApiView):
    """All changes."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangePage, asks=asking.WhichChanges)
    def get(self, call: Call) -> dict[str, Any]:
        """Changes, newest first, 50 a page; with `waiting` those that wait for oneself, the most urgent first."""
        asked, now = call.asked, clock.now()
        if asked["waiting"]:
            return {"changes": [row.change for row in waiting_rows(call.access, now)], "next": None}
        filters = Filters(asked["show"], asked["kind"], asked["team"], asked.get("risk", ""), asked["q"])
        found = [row.change for row in page_rows(call.access, filters, now, asked.get("before"))]
        return {"changes": found, "next": found[-1].pk if len(found) == PAGE else None}

    @operation(shapes.ChangeRequestShape, takes=asking.NewChange, status=201, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Propose a change: its first version is frozen, its checks run, and its board votes on its hash."""
        given = call.given
        hours = given.get("emergency_hours")
        change = propose(
            call.access,
            given["kind"],
            Subject(given["subject_kind"], given["subject_id"]),
            given["content"],
            title=given["title"],
            why=given["why"],
            due=given.get("due"),
            authors=given["authors"],
            emergency=Emergency(timedelta(hours=hours)) if hours else None,
            draft=given["draft"],
            via=Via.API,
        )
        return told(call.access, change.pk)


class OneChange(ApiView):
    """One change."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, asks=asking.WhichVersion)
    def get(self, call: Call, change_id: int) -> dict[str, Any]:
        """A change at one of its versions, with checks, votes and conditions."""
        return told(call.access, change_id, call.asked.get("version"))


class ChangeRevisions(ApiView):
    """Its versions."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.NewRevision, status=201, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Add a version; the votes on the one before it are void, and whoever adds it has no vote any more."""
        given = call.given
        revise(
            call.access,
            change_id,
            given["content"],
            after=given["after"],
            title=given.get("title"),
            why=given.get("why"),
            authors=given["authors"],
            via=Via.API,
        )
        return told(call.access, change_id)


class ChangeVotes(ApiView):
    """Votes on it."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.NewVote, status=201, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Vote on the version that was read, bound to its hash; nobody votes on what they wrote, by no token."""
        given = call.given
        vote(
            call.access,
            change_id,
            Choice(given["choice"]),
            given["words"],
            revision=given["version"],
            content_hash=given["content_hash"],
            on_behalf_of=given["on_behalf_of"],
            conditions=[Asked(**one) for one in given["conditions"]],
            via=Via.API,
        )
        return told(call.access, change_id)


class ChangeSubmit(ApiView):
    """A draft before its board."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Put a draft before its board."""
        submit(call.access, change_id, via=Via.API)
        return told(call.access, change_id)


class ChangeApply(ApiView):
    """Doing what was approved."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Apply what was approved; refused while a check or a condition is missing, and when it is stale."""
        apply(call.access, change_id, via=Via.API)
        return told(call.access, change_id)


class ChangeChecks(ApiView):
    """Its checks."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Run its checks once more."""
        check_again(call.access, change_id, via=Via.API)
        return told(call.access, change_id)


class ChangeWithdraw(ApiView):
    """Taking it back."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.Words, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Withdraw a change that was not applied."""
        withdraw(call.access, change_id, call.given["words"], via=Via.API)
        return told(call.access, change_id)


class ChangeRollback(ApiView):
    """Rolling it back."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.NewRollback, status=201, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Propose to take an applied change back: another change, which the board decides on."""
        given = call.given
        back = rollback(call.access, change_id, why=given["why"], answers_for=given["answers_for"], via=Via.API)
        return told(call.access, back.pk)


class ChangeReview(ApiView):
    """Reviewing an emergency."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.Words, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Keep what the board says about an emergency that was applied."""
        review(call.access, change_id, call.given["words"], via=Via.API)
        return told(call.access, change_id)


class ConditionMet(ApiView):
    """A condition."""

    area: ClassVar[str] = AREA

    @operation(shapes.ChangeRequestShape, takes=asking.Evidence, writes=True)
    def post(self, call: Call, change_id: int, condition_id: int) -> dict[str, Any]:
        """Say that a condition is met, with the evidence; nobody does of a change that they wrote."""
        meet(call.access, change_id, condition_id, call.given["evidence"], via=Via.API)
        return told(call.access, change_id)


class ChangeComments(ApiView):
    """What is said about it."""

    area: ClassVar[str] = AREA

    @operation(shapes.CommentList)
    def get(self, call: Call, change_id: int) -> dict[str, Any]:
        """The newest five hundred comments, newest first."""
        return _comments(call.access, change_id)

    @operation(shapes.CommentList, takes=asking.NewComment, status=201, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Say something about one of its versions, or of a place where that version changes something."""
        given = call.given
        comment(call.access, change_id, given["words"], at=given["at"], version=given.get("version"), via=Via.API)
        return _comments(call.access, change_id)


class CommentResolved(ApiView):
    """A comment that is answered."""

    area: ClassVar[str] = AREA

    @operation(shapes.CommentList, writes=True)
    def post(self, call: Call, change_id: int, comment_id: int) -> dict[str, Any]:
        """Say that what a comment asks is answered: by who said it, or whoever may propose the change."""
        resolve(call.access, change_id, comment_id, resolved=True, via=Via.API)
        return _comments(call.access, change_id)


class CommentReopened(ApiView):
    """A comment that is not answered after all."""

    area: ClassVar[str] = AREA

    @operation(shapes.CommentList, writes=True)
    def post(self, call: Call, change_id: int, comment_id: int) -> dict[str, Any]:
        """Open it again."""
        resolve(call.access, change_id, comment_id, resolved=False, via=Via.API)
        return _comments(call.access, change_id)


def told(access: Access, change_id: int, version: int | None = None) -> dict[str, Any]:
    """A change with everything that its shape has."""
    change = change_for(access, change_id)
    shown = _version(change, version)
    counted = tally_of(change)
    return {
        "change": change,
        "shown": shown,
        "checks": Check.objects.filter(revision=shown).order_by("pk"),
        "votes": current_votes(change),
        "conditions": Condition.objects.filter(revision=shown).select_related("vote__person", "met_by").order_by("pk"),
        "authors": [person.name for person in Person.objects.filter(pk__in=author_ids(change)).order_by("name")],
        "missing": counted.missing if change.state == ChangeState.PROPOSED else [],
        "approved_until": change.approved_until,
        "applied_at": change.applied_at,
        "rolls_back": change.rolls_back_id,
        "answers_for": change.answers_for,
        "why_no_vote": why_no_vote(access, change),
        "why_not_apply": why_not_apply(change),
    }


def _version(change: ChangeRequest, number: int | None) -> Revision:
    versions = Revision.objects.filter(change=change).select_related("person")
    found = versions.filter(number=number or change.revision.number).first()
    if found is None:
        raise Http404
    return found


def _comments(access: Access, change_id: int) -> dict[str, Any]:
    change = change_for(access, change_id)
    return {"comments": comments_of(change)[:MOST]}
