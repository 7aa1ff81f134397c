"""The shapes of saved views in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.transactions.rest.moments import Moment, NextField

Shape = serializers.Serializer[Any]


class SavedViewShape(Shape):
    """A search with a name."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    q = serializers.CharField(help_text="the search as it was typed: relative times stay relative")
    team = serializers.CharField(allow_null=True, help_text="slug of the team that shares it; null: only oneself")
    made_by = serializers.CharField()
    saved_at = Moment()
    may_change = serializers.BooleanField(help_text="whether the asker may change and remove it")


class SavedViewPage(Shape):
    """Some of them."""

    views = SavedViewShape(many=True)
    next = NextField()
