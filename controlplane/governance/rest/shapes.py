"""The shapes of changes and boards in the API."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from controlplane.governance.models import ChangeState, CheckState, Choice, Outcome

Shape = serializers.Serializer[Any]

STATES = list(ChangeState.values)
LEVELS = ("breaking", "risky", "safe")


class Moment(serializers.DateTimeField):
    """A time, written in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class NextPage(serializers.IntegerField):
    """What ``before`` is for the next page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, help_text="`before` of the next page; null on the last", **options)


class ChangeLine(Shape):
    """One change in a list."""

    id = serializers.IntegerField(source="pk")
    reference = serializers.CharField(help_text="CC-318")
    kind = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.CharField()
    subject_name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    risk = serializers.CharField(source="revision.risk", help_text="breaking, risky, safe, or empty for no difference")
    team = serializers.CharField(source="team.slug", default=None, allow_null=True)
    environment = serializers.CharField()
    board = serializers.CharField(source="board.slug")
    opened_by = serializers.CharField(source="opened_by.name")
    opened_at = Moment()
    due = Moment(allow_null=True)
    emergency = serializers.BooleanField()
    version = serializers.IntegerField(source="revision.number")
    content_hash = serializers.CharField(source="revision.content_hash")


class ChangePage(Shape):
    """Changes, newest first, 50 a page."""

    changes = ChangeLine(many=True)
    next = NextPage()


class DifferenceShape(Shape):
    """One difference, in words."""

    level = serializers.ChoiceField(choices=LEVELS)
    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    follows = serializers.CharField()
    who = serializers.CharField(default="", help_text="whom it hurts: writers, readers")
    rule = serializers.CharField(default="", help_text="the rule that found it; then `after` is what it says of `what`")


class AffectedShape(Shape):
    """One thing that stands on the subject."""

    name = serializers.CharField()
    use = serializers.CharField()
    owner = serializers.CharField()
    per_day = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()


class ImpactShape(Shape):
    """Who is affected; empty where the kind does not measure it."""

    sentence = serializers.CharField(default="")
    affected = AffectedShape(many=True, default=list)


class ChangeVersionShape(Shape):
    """One version."""

    version = serializers.IntegerField(source="number")
    title = serializers.CharField()
    why = serializers.CharField()
    content = serializers.JSONField()
    content_hash = serializers.CharField()
    base_hash = serializers.CharField(help_text="of the state of the subject that it stands on")
    by = serializers.CharField(source="person.name")
    at = Moment()
    diff = DifferenceShape(many=True)
    impact = ImpactShape()


class CheckShape(Shape):
    """One check; one that could not run counts as failing."""

    name = serializers.CharField()
    title = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # no attribute
    state = serializers.ChoiceField(choices=CheckState.values)
    detail = serializers.CharField()
    ran_at = Moment(allow_null=True)


class VoteShape(Shape):
    """One vote that counts."""

    person = serializers.CharField(source="person.name")
    on_behalf_of = serializers.CharField(source="on_behalf_of.name", default=None, allow_null=True)
    role = serializers.CharField()
    choice = serializers.ChoiceField(choices=Choice.values)
    words = serializers.CharField()
    at = Moment()


class ConditionShape(Shape):
    """What an approval asks for."""

    id = serializers.IntegerField(source="pk")
    text = serializers.CharField()
    before = serializers.BooleanField()
    due = Moment(allow_null=True)
    by = serializers.CharField(source="vote.person.name")
    evidence = serializers.CharField()
    met_by = serializers.CharField(source="met_by.name", default=None, allow_null=True)
    met_at = Moment(allow_null=True)


class CommentShape(Shape):
    """What somebody said, of the whole or of one place of a version."""

    id = serializers.IntegerField(source="pk")
    person = serializers.CharField(source="person.name")
    version = serializers.IntegerField(source="revision.number")
    words = serializers.CharField()
    at = Moment()
    place = serializers.CharField(
        help_text="`L42`: a line of what is proposed, `O17`: of what there was, `F3`: a difference; empty: the whole"
    )
    pointer = serializers.CharField(help_text="what the line (JSON Pointer) or the difference is about")
    quoted = serializers.CharField(help_text="what stood there")
    resolved = serializers.SerializerMethodField(help_text="whether what it asks is answered")
    settled_by = serializers.CharField(allow_null=True, help_text="who said so last, or opened it again")

    def get_resolved(self, said: Any) -> bool:
        """Before anybody says so it is not."""
        return bool(said.resolved)


class CommentList(Shape):
    """The newest five hundred, newest first."""

    comments = CommentShape(many=True)


class ChangeRequestShape(Shape):
    """A change, at one of its versions."""

    change = ChangeLine()
    shown = ChangeVersionShape()
    checks = CheckShape(many=True)
    votes = VoteShape(many=True, help_text="on the newest version; those on older ones are void")
    conditions = ConditionShape(many=True)
    authors = serializers.ListField(child=serializers.CharField(), help_text="who wrote it, and has no vote")
    missing = serializers.ListField(child=serializers.CharField(), help_text="what an approval lacks")
    approved_until = Moment(allow_null=True)
    applied_at = Moment(allow_null=True)
    rolls_back = serializers.IntegerField(allow_null=True)
    answers_for = serializers.ListField(child=serializers.CharField())
    why_no_vote = serializers.CharField(help_text="why the one who asks has no vote now; empty when they have")
    why_not_apply = serializers.CharField(help_text="what speaks against applying it now; empty when nothing does")


class DecisionShape(Shape):
    """One line of the decision log."""

    id = serializers.IntegerField(source="decision.pk")
    reference = serializers.CharField(source="decision.reference")
    change = serializers.IntegerField(source="decision.change_id")
    version = serializers.IntegerField(source="decision.revision.number")
    title = serializers.CharField(source="decision.revision.title")
    outcome = serializers.ChoiceField(choices=Outcome.values, source="decision.outcome")
    votes_for = serializers.IntegerField(source="decision.votes_for")
    votes_against = serializers.IntegerField(source="decision.votes_against")
    abstained = serializers.IntegerField(source="decision.abstained")
    words = serializers.CharField(source="decision.words")
    at = Moment(source="decision.at")
    effect = serializers.CharField(help_text="what came of it")


class DecisionPage(Shape):
    """Decisions, newest first, 50 a page."""

    decisions = DecisionShape(many=True)
    next = NextPage()


class KindShape(Shape):
    """A kind of change."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # no attribute
    board = serializers.CharField(allow_null=True, help_text="the board that decides on it; null: none does yet")
    may_propose = serializers.BooleanField(help_text="somewhere")


class KindList(Shape):
    """Every kind that this installation knows."""

    kinds = KindShape(many=True)


class SeatShape(Shape):
    """A seat on a board."""

    person = serializers.CharField(source="person.name")
    person_id = serializers.UUIDField()
    role = serializers.CharField()
    deputy = serializers.CharField(source="deputy.name", default=None, allow_null=True)
    deputy_until = Moment(allow_null=True)


class BoardShape(Shape):
    """A board and its seats."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    quorum = serializers.IntegerField()
    required_roles = serializers.ListField(child=serializers.CharField())
    emergency_quorum = serializers.IntegerField()
    approval_days = serializers.IntegerField()
    members = SeatShape(many=True, source="seated")


class BoardList(Shape):
    """All boards, by name."""

    boards = BoardShape(many=True)
