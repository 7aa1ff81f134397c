"""What requests about transactions may say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.people.rest.operations import Asked
from controlplane.transactions.models.saved_views import LONGEST_NAME
from controlplane.transactions.replay.request import MAX_ITEMS
from controlplane.transactions.rest.moments import CursorField, Moment
from controlplane.transactions.search.grammar import MAX_LENGTH
from controlplane.transactions.selectors.dead_letters import Show
from controlplane.transactions.selectors.journey import SPANS

QUERY = "the search language of the page, such as `customer:C-1042 status:failed after:2h`"
#: Of so many transactions at once the dead steps are chosen.
MOST_TRANSACTIONS = 100
LONGEST_REASON = 1000
MOST_REVISION = 32_767

ITEM_STATES = ("succeeded", "failed", "waiting", "skipped")


class QueryField(serializers.CharField):
    """A search; how long it may be is the grammar's to say."""

    def __init__(self, **options: Any) -> None:
        given = {"help_text": QUERY} | options
        super().__init__(required=False, allow_blank=True, max_length=2 * MAX_LENGTH, default="", **given)


class Search(Asked):
    """A search, a page at a time."""

    q = QueryField()
    cursor = CursorField()
    counts = serializers.BooleanField(default=False, help_text="count how many there are; the rows alone are faster")


class SearchWithFacets(Search):
    """The same in a body: what is personal in it is in no address and no log."""

    facets = serializers.BooleanField(default=False, help_text="count what it could be narrowed down by")


class Narrowing(Asked):
    """A search, to be narrowed down."""

    q = QueryField()


class WhichPart(Asked):
    """Which part of a large transaction's steps."""

    part = serializers.IntegerField(
        required=False, min_value=0, max_value=99_999, help_text="from 0; left out: the part with what failed"
    )


class Page(Asked):
    """Where a page begins."""

    cursor = CursorField()


class WhichJourney(Asked):
    """How far around the transaction, and by which of its keys."""

    within = serializers.ChoiceField(choices=list(SPANS), default="7d")
    by = serializers.CharField(required=False, max_length=120, default="", help_text="a field of its keys")


class WhichCauses(Asked):
    """Which causes a list shows."""

    show = serializers.ChoiceField(choices=[one.value for one in Show], default=Show.WAITING.value)


class WhichAssignees(Asked):
    """Of what somebody is to take care."""

    cause = serializers.UUIDField(required=False)
    letter = serializers.UUIDField(required=False)


class WhichItems(Asked):
    """Which items of a replay."""

    cursor = CursorField()
    state = serializers.ChoiceField(choices=ITEM_STATES, required=False)


class ReasonField(serializers.CharField):
    """Why; it is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_REASON, help_text="kept in the record", **options)


class Reason(Asked):
    """Why somebody does something."""

    reason = ReasonField()


class OneRelease(Reason):
    """Why an event is judged again, and by which body."""

    body = serializers.DictField(required=False, help_text="the edited body; left out: as it came")
    basis = serializers.UUIDField(required=False, help_text="`basis` of the draft: refused if it is another by now")


class NewNote(Asked):
    """Plain text."""

    text = serializers.CharField(max_length=4000)


class NewSnooze(Asked):
    """Until when a cause is put aside."""

    until = Moment(help_text="within 30 days")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class Ids(serializers.ListField):
    """Some ids; none when left out."""

    child = serializers.UUIDField()

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, default=list, max_length=options.pop("max_length", MAX_ITEMS), **options)


class NewAssignment(Asked):
    """Whole causes, with what comes later, and single letters."""

    causes = Ids(max_length=100)
    letters = Ids()
    to = serializers.CharField(
        max_length=120, allow_blank=True, help_text="an assignee's `word`; empty for nobody any more"
    )


class NewClosing(Asked):
    """Letters that will not be delivered, and why."""

    causes = Ids(max_length=100)
    letters = Ids()
    reason = ReasonField()


class Selection(Asked):
    """What is to be replayed: together up to 10,000 deliveries."""

    letters = Ids(help_text="open dead letters, by their step run")
    causes = Ids(max_length=100, help_text="all open dead letters of a cause, as they are now")
    query = QueryField(help_text=f"the dead letters that wait of all that this finds: {QUERY}")
    transactions = Ids(max_length=MOST_TRANSACTIONS, help_text="the dead steps of these")
    steps = Ids(help_text="finished step runs, also those that succeeded")


class SeenItem(Asked):
    """An item of a plan, as it was."""

    step_run_id = serializers.UUIDField()
    attempts = serializers.IntegerField(min_value=0, max_value=MOST_REVISION)
    revision = serializers.IntegerField(min_value=0, max_value=MOST_REVISION)


class NewReplay(Selection):
    """A selection, why, and perhaps what the plan showed: only what is still as it was there is sent."""

    reason = ReasonField()
    seen = SeenItem(many=True, required=False)


class NewBody(Asked):
    """What would be sent instead."""

    body = serializers.DictField()


class NewEdit(NewBody):
    """The same, why, and which draft it was made from."""

    reason = ReasonField()
    revision = serializers.IntegerField(min_value=0, max_value=MOST_REVISION)
    basis = serializers.CharField(max_length=36, allow_blank=True, help_text="the draft's `basis`")


class NewPause(Asked):
    """Why, and until when; until somebody resumes it when left out."""

    reason = ReasonField()
    until = Moment(required=False, allow_null=True, default=None)


class NewLimit(Asked):
    """How much it gets, from all workers together."""

    reason = ReasonField()
    max_in_flight = serializers.IntegerField(help_text="calls at once, 1 to 1,000")
    rate_per_second = serializers.FloatField(
        allow_null=True, help_text="calls a second, 0.001 to 10,000; null: as fast as the calls at once let it"
    )


class ChangedSavedView(Asked):
    """What a saved view is called, and searches for."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    q = serializers.CharField(max_length=2 * MAX_LENGTH, help_text=QUERY)


class NewSavedView(ChangedSavedView):
    """The same, and whose it is."""

    team = serializers.CharField(
        max_length=120,
        required=False,
        allow_null=True,
        default=None,
        help_text="slug of the team that shares it; left out: only oneself",
    )
