"""What these operations take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.inventory.environments import PRODUCTION
from controlplane.people.rest.operations import Asked
from controlplane.transactions.selectors.discovered import WORDS

Shape = serializers.Serializer[Any]
#: Names of things are no longer.
SLUG = 50


class NewCatalogueImport(Asked):
    """A document, and whether it is only looked at."""

    document = serializers.CharField(trim_whitespace=False, help_text="the file's text, JSON or YAML")
    file = serializers.CharField(default="document", max_length=200, help_text="its name, for problems and history")
    dry_run = serializers.BooleanField(default=False, help_text="say what would change, change nothing")
    environment = serializers.CharField(
        default=PRODUCTION, max_length=SLUG, help_text="where the systems of a catalogue answer"
    )


class NewDocumentImport(Asked):
    """A document, and where it belongs."""

    document = serializers.CharField(trim_whitespace=False, help_text="the file's text, JSON or YAML")
    file = serializers.CharField(default="document", max_length=200, help_text="its name, for problems and history")
    dry_run = serializers.BooleanField(default=False, help_text="say what would change, change nothing")
    instance = serializers.CharField(max_length=SLUG, help_text="whose interface it describes")
    interface = serializers.SlugField(
        default="", allow_blank=True, max_length=40, help_text="which one, if not that of its title"
    )
    team = serializers.CharField(default="", allow_blank=True, max_length=SLUG, help_text="who owns the contracts")
    contracts = serializers.ListField(
        child=serializers.CharField(max_length=200),
        default=list,
        max_length=50,
        help_text="schemas that become contracts",
    )
    used_schemas = serializers.BooleanField(default=False, help_text="also all that bodies of operations name")


class ImportedField(Shape):
    """A field that becomes another."""

    field = serializers.CharField()
    change = serializers.CharField(help_text="before and after, in words")


class ImportedChange(Shape):
    """What becomes of one thing."""

    entry = serializers.CharField(help_text="such as operations.orders.GET /orders")
    change = serializers.ChoiceField(["created", "changed", "gone", "back"])
    title = serializers.CharField()
    fields_changed = ImportedField(many=True)


class ImportShape(Shape):
    """What was done, or would be."""

    format = serializers.CharField()
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()
    same = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField(), help_text="what is left out, and why")
    changes = ImportedChange(many=True)


class WhichDiscoveries(Asked):
    """Which of them."""

    kind = serializers.ChoiceField(list(WORDS), required=False)
    ignored = serializers.BooleanField(default=False, help_text="those that somebody said are to be ignored")


class DiscoveryShape(Shape):
    """One discovery."""

    kind = serializers.ChoiceField(list(WORDS))
    interface = serializers.CharField(source="interface.slug")
    event_type = serializers.CharField()
    pointer = serializers.CharField(help_text="of the field, * for every element; empty for a whole type of event")
    kinds = serializers.ListField(child=serializers.CharField(), help_text="kinds of its values, as JSON calls them")
    samples = serializers.IntegerField(help_text="events of the type that were looked at")
    share = serializers.FloatField(help_text="of them that have the field, from 0 to 1")
    first_seen = serializers.DateTimeField()
    last_seen = serializers.DateTimeField()
    contract = serializers.CharField(source="version.contract.slug", default=None, allow_null=True)
    ignored = serializers.CharField(help_text="why, where somebody said so")


class DiscoveryList(Shape):
    """Discoveries, types of events that were seen last first."""

    discoveries = DiscoveryShape(many=True)
