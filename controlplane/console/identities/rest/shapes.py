"""The shapes of identities in the API, and what requests about them may say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.inventory.models import ChangeKind
from controlplane.inventory.models.identities import LONGEST_ID
from controlplane.people.rest.operations import Asked
from controlplane.transactions.rest.asking import ReasonField
from controlplane.transactions.rest.moments import CursorField, Moment, NextField

Shape = serializers.Serializer[Any]

MOST_CHOSEN = 200
LARGEST = 2**63 - 1


class KindField(serializers.CharField):
    """The slug of a kind of entity."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False, max_length=50, help_text="slug of a kind of entity: customer; left out: any", **options
        )


class WhichIdentities(Asked):
    """Which page of all, newest first."""

    kind = KindField()
    cursor = CursorField()


class WantedIdentity(Asked):
    """Any id that any system has, or had, for it. In a body: an id can name a person, and is in no log."""

    value = serializers.CharField(max_length=LONGEST_ID)
    kind = KindField()


class Other(Asked):
    """With which other one."""

    other = serializers.UUIDField(help_text="the identity that goes into this one")


class NewMerge(Other):
    """With which other one, and why."""

    reason = ReasonField()


class NewSplit(Asked):
    """Which aliases are another record's, and why."""

    aliases = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), min_length=1, max_length=MOST_CHOSEN
    )
    reason = ReasonField()


class NewUndo(Asked):
    """Why a merge is undone."""

    reason = ReasonField()


class AliasShape(Shape):
    """What one system calls it."""

    id = serializers.IntegerField()
    instance = serializers.CharField(help_text="slug of the system's instance")
    value = serializers.CharField()
    since = Moment()
    until = Moment(allow_null=True, help_text="null: it still does")
    learnt_by = serializers.CharField(allow_null=True, help_text="slug of the integration that told; null: none did")


class IdentityChangeShape(Shape):
    """A merge, a split, or a merge undone."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ChangeKind.values)
    given_by = serializers.UUIDField(help_text="the identity that the aliases left")
    given_to = serializers.UUIDField(help_text="the identity that they went to")
    aliases = serializers.IntegerField(help_text="how many went")
    reason = serializers.CharField()
    by = serializers.CharField()
    at = Moment()
    undone = serializers.BooleanField()


class IdentityLine(Shape):
    """One canonical record with its ids, the live ones first."""

    id = serializers.UUIDField(help_text="of the record today; another than was asked for where that was merged away")
    kind = serializers.CharField()
    known_since = Moment()
    aliases = AliasShape(many=True)


class IdentityShape(IdentityLine):
    """The same with what was done to it."""

    changes = IdentityChangeShape(many=True, help_text="the newest 50")


class IdentityPage(Shape):
    """Some of them. What is out of reach is left out, so a page may be short."""

    identities = IdentityLine(many=True)
    next = NextField()


class FoundIdentities(Shape):
    """Those that have this id."""

    identities = IdentityLine(many=True)


class DisagreementShape(Shape):
    """A system that knows both apart."""

    instance = serializers.CharField()
    stays = serializers.ListField(child=serializers.CharField())
    goes = serializers.ListField(child=serializers.CharField())


class MergePreview(Shape):
    """What a merge would do."""

    allowed = serializers.BooleanField()
    why_not = serializers.CharField()
    stays = IdentityLine()
    goes = IdentityLine()
    disagreements = DisagreementShape(many=True)
    transactions = serializers.IntegerField(help_text="that name the one that goes; counted to 1,001")


class UndoPreview(Shape):
    """What undoing a merge would do."""

    allowed = serializers.BooleanField()
    why_not = serializers.CharField()
    holder = serializers.UUIDField(help_text="the identity that has the aliases now")
    restored = serializers.UUIDField(help_text="the identity that stands for itself again")
    back = AliasShape(many=True, help_text="what goes back, with what was learnt beside it since")
    stays = AliasShape(many=True)
