"""What requests about changes may say."""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from controlplane.governance.changes.propose import LONGEST_EMERGENCY, MOST_FAILURES
from controlplane.governance.changes.vote import MOST_CONDITIONS
from controlplane.governance.changes.writing import LONGEST_TITLE, LONGEST_WORDS
from controlplane.governance.models import Choice
from controlplane.people.rest.operations import Asked

LARGEST_ID = 2**31 - 1
SHOWS = ("open", "applied", "closed", "all")
RISKS = ("breaking", "risky", "safe")


class WhichChanges(Asked):
    """Which changes, a page at a time."""

    show = serializers.ChoiceField(choices=SHOWS, default="open")
    kind = serializers.CharField(max_length=40, required=False, default="")
    team = serializers.CharField(max_length=50, required=False, default="")
    risk = serializers.ChoiceField(choices=RISKS, required=False)
    q = serializers.CharField(max_length=100, required=False, default="", help_text="in the title, or CC-318")
    waiting = serializers.BooleanField(default=False, help_text="only what waits for the one who asks")
    before = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="the `next` of the page before"
    )


class WhichVersion(Asked):
    """Which version of a change."""

    version = serializers.IntegerField(min_value=1, max_value=32_767, required=False, help_text="the newest")


class WhichDecisions(Asked):
    """Which decisions, a page at a time."""

    board = serializers.CharField(max_length=50, required=False, default="")
    before = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="the `next` of the page before"
    )


class Words(Asked):
    """Something said."""

    words = serializers.CharField(max_length=LONGEST_WORDS)


class NewComment(Words):
    """Something said of a version, or of one place of it."""

    at = serializers.CharField(
        max_length=2_000,
        required=False,
        default="",
        help_text="a line (`L42`; `O17` of what there was before), a difference (`F3`), or the JSON Pointer of a value "
        "that changes; left out: the whole",
    )
    version = serializers.IntegerField(min_value=1, max_value=32_767, required=False, help_text="the newest")


class NewChange(Asked):
    """A proposal."""

    kind = serializers.CharField(max_length=40, help_text="one of `GET /change-kinds`")
    subject_kind = serializers.CharField(max_length=40)
    subject_id = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    why = serializers.CharField(max_length=LONGEST_WORDS)
    content = serializers.DictField(help_text="what is proposed; its shape is the kind's")
    due = serializers.DateTimeField(default_timezone=UTC, required=False, allow_null=True)
    authors = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=20,
        required=False,
        default=list,
        help_text="persons who wrote it besides the one who asks; none of them has a vote",
    )
    emergency_hours = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_EMERGENCY.days * 24,
        required=False,
        allow_null=True,
        help_text="an emergency: fewer votes, for so long, reviewed afterwards",
    )
    draft = serializers.BooleanField(default=False)


class NewRevision(Asked):
    """Another version."""

    after = serializers.IntegerField(min_value=1, max_value=32_767, help_text="the version that was read")
    content = serializers.DictField()
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    why = serializers.CharField(max_length=LONGEST_WORDS, required=False)
    authors = serializers.ListField(child=serializers.UUIDField(), max_length=20, required=False, default=list)


class NewCondition(Asked):
    """What an approval asks for."""

    text = serializers.CharField(max_length=LONGEST_WORDS)
    before = serializers.BooleanField(default=True, help_text="met before it is applied; otherwise afterwards")
    due = serializers.DateTimeField(default_timezone=UTC, required=False, allow_null=True, default=None)


class NewVote(Asked):
    """A vote on what was read."""

    choice = serializers.ChoiceField(choices=Choice.choices)
    version = serializers.IntegerField(min_value=1, max_value=32_767)
    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="of that version, as it was read")
    words = serializers.CharField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")
    on_behalf_of = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="the member in whose place a deputy votes"
    )
    conditions = serializers.ListField(child=NewCondition(), required=False, default=list, max_length=MOST_CONDITIONS)


class Evidence(Asked):
    """What shows that a condition is met."""

    evidence = serializers.CharField(max_length=LONGEST_WORDS)


class NewRollback(Asked):
    """Why an applied change is taken back."""

    why = serializers.CharField(max_length=LONGEST_WORDS)
    answers_for = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=MOST_FAILURES,
        required=False,
        default=list,
        help_text="the failures that it answers for",
    )
