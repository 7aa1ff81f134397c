"""The shapes of consumers and of what they are asked, and what requests about them may say."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from controlplane.contracts.consumers import declare
from controlplane.contracts.consumers.known import Use
from controlplane.contracts.models import Said, Standing
from controlplane.governance.changes.writing import LONGEST_WORDS
from controlplane.governance.rest.policy_shapes import Moment
from controlplane.governance.rules.changed import Level
from controlplane.people.rest.operations import Asked

Shape = serializers.Serializer[Any]
_LEVELS: Final = [level.value for level in Level]
_LONGEST_SLUG: Final = 50
_LARGEST: Final = 2**31 - 1
_MOST_MINUTES: Final = int(declare.LONGEST_CADENCE.total_seconds()) // 60
_FIELDS: Final = "JSON Pointers into a record; none: nobody said, so all of it counts"
_CADENCE: Final = "how often it comes, in minutes; null: nobody said"


class ConsumerShape(Shape):
    """One consumer: declared, seen, or both."""

    id = serializers.IntegerField(allow_null=True, help_text="of what was declared; null: nobody declared it")
    name = serializers.CharField()
    integration = serializers.CharField(allow_null=True, help_text="its slug; null: outside our sight")
    team = serializers.CharField(help_text="slug of the team that answers for it")
    use = serializers.ChoiceField(
        choices=[one.value for one in Use],
        help_text="live: seen within `looked_back_days`; silent: not seen; unobservable: outside our sight; "
        "undeclared: set up to work by it, and nobody said so",
    )
    reads = serializers.BooleanField()
    writes = serializers.BooleanField()
    fields_used = serializers.ListField(child=serializers.CharField(), help_text=_FIELDS)
    oldest = serializers.IntegerField(allow_null=True, help_text="version that it works with; null: nobody said")
    newest = serializers.IntegerField(allow_null=True)
    cadence_minutes = serializers.IntegerField(allow_null=True, help_text=_CADENCE)
    contact = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    declared_by = serializers.CharField(allow_null=True)
    declared_at = Moment(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    confirmed_at = Moment(allow_null=True, help_text="when its team last stood by what is said")
    uses = serializers.ListField(child=serializers.CharField(), help_text="how it is seen to work by the contract")
    last_seen_at = Moment(allow_null=True)
    per_day = serializers.IntegerField(allow_null=True, help_text="transactions that go through it")
    looked_back_days = serializers.IntegerField(help_text="the longer of 30 days and two of its rounds")


class ConsumerList(Shape):
    """All of them, by name."""

    consumers = ConsumerShape(many=True)


class _Uses(Asked):
    """How somebody consumes a contract."""

    reads = serializers.BooleanField(default=True)
    writes = serializers.BooleanField(default=False)
    fields_used = serializers.ListField(
        child=serializers.CharField(max_length=declare.LONGEST_FIELD),
        max_length=declare.MOST_FIELDS,
        default=list,
        help_text=_FIELDS,
    )
    oldest = serializers.IntegerField(min_value=1, max_value=_LARGEST, allow_null=True, default=None)
    newest = serializers.IntegerField(min_value=1, max_value=_LARGEST, allow_null=True, default=None)
    cadence_minutes = serializers.IntegerField(
        min_value=1, max_value=_MOST_MINUTES, allow_null=True, default=None, help_text=_CADENCE
    )
    contact = serializers.CharField(max_length=declare.LONGEST_CONTACT, allow_blank=True, default="")
    note = serializers.CharField(max_length=declare.LONGEST_NOTE, allow_blank=True, default="")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Outside our sight",
            value={
                "name": "Finance data warehouse",
                "team": "finance",
                "fields_used": ["/id", "/total"],
                "newest": 3,
                "cadence_minutes": 1440,
                "contact": "warehouse@company.example",
            },
            request_only=True,
        )
    ]
)
class NewConsumer(_Uses):
    """A consumer: an integration, or what is outside our sight by its name and the team that answers for it."""

    integration = serializers.CharField(max_length=_LONGEST_SLUG, default="", allow_blank=True, help_text="its slug")
    name = serializers.CharField(max_length=declare.LONGEST_NAME, default="", allow_blank=True)
    team = serializers.CharField(max_length=_LONGEST_SLUG, default="", allow_blank=True, help_text="its slug")


class RevisedConsumer(_Uses):
    """All that it says from now on; what is left out nobody knows any more."""


class ConsumerWithdrawal(Asked):
    """Why it is a consumer no more."""

    words = serializers.CharField(max_length=LONGEST_WORDS)


class TouchingFinding(Shape):
    """One difference that touches it."""

    rule = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=_LEVELS)
    message = serializers.CharField()


class AnswerShape(Shape):
    """What a person said."""

    said = serializers.ChoiceField(choices=Said.values)
    person = serializers.CharField()
    words = serializers.CharField(allow_blank=True)
    at = Moment()


class ConfirmationShape(Shape):
    """One consumer asked about the newest version of a change."""

    id = serializers.IntegerField()
    change = serializers.CharField(help_text="such as CC-12")
    version = serializers.IntegerField(help_text="of the change")
    content_hash = serializers.CharField(help_text="what an answer is bound to")
    consumer = serializers.CharField()
    team = serializers.CharField(help_text="slug of the team that is asked")
    state = serializers.ChoiceField(choices=Standing.values)
    asked_at = Moment()
    due_at = Moment(help_text="who has not answered by then is presumed stale")
    stale_at = Moment(allow_null=True)
    released_why = serializers.CharField(allow_blank=True)
    findings = TouchingFinding(many=True, help_text="the first of what touches it")
    answers = AnswerShape(many=True, help_text="the last one counts")


class ConfirmationList(Shape):
    """Of every open change of a contract, and of announced sunsets of its versions."""

    confirmations = ConfirmationShape(many=True)


class NewAnswer(Asked):
    """Whether a consumer can live with a change; or, of a member of the board, that it goes ahead without it."""

    said = serializers.ChoiceField(choices=Said.values)
    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="as it was read with the confirmation")
    words = serializers.CharField(
        max_length=LONGEST_WORDS, allow_blank=True, default="", help_text="the reason; only a confirmation needs none"
    )
