"""The shapes of contracts, versions and reports in the API, and what requests about them may say."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from controlplane.contracts.models import CanaryState, Compatibility, Enforcement, Format, VersionState
from controlplane.governance.rest.policy_shapes import Cursor, Moment, Next
from controlplane.governance.rules.changed import Level
from controlplane.people.rest.operations import Asked

Shape = serializers.Serializer[Any]
LEVELS = [level.value for level in Level]
_LONGEST_SLUG = 50
_DOCUMENT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "total"],
    "properties": {"id": {"type": "string"}, "total": {"type": "number"}},
}


class ContractShape(Shape):
    """An agreed schema, or the description of an interface."""

    slug = serializers.CharField()
    name = serializers.CharField()
    team = serializers.CharField(help_text="slug of the team that owns it")
    format = serializers.ChoiceField(choices=Format.values)
    judged = serializers.BooleanField(help_text="whether rules say what follows from a change; else all of it is risky")
    compatibility = serializers.ChoiceField(choices=Compatibility.values, help_text="who must not notice a new version")
    newest = serializers.IntegerField(allow_null=True, help_text="its newest published version; null: none yet")


class ContractPage(Shape):
    """Some of them, by slug."""

    contracts = ContractShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="the cursor of the next page; null on the last")


class CanaryShape(Shape):
    """How a version fares that judges some keys first."""

    state = serializers.ChoiceField(choices=CanaryState.values)
    share = serializers.IntegerField(help_text="of a hundred keys")
    points = serializers.IntegerField(help_text="so many more of a hundred events that end badly halt it")
    key = serializers.CharField(allow_blank=True, help_text="the kind of business key; empty: the record")
    instead_of = serializers.IntegerField(help_text="the version that judges everything else")
    until = Moment()
    ended_at = Moment(allow_null=True)
    seen = serializers.IntegerField(help_text="events that it judged")
    ended_badly = serializers.IntegerField(help_text="of these, set aside or with a delivery that died")
    others_seen = serializers.IntegerField()
    others_ended_badly = serializers.IntegerField()
    why = serializers.CharField(allow_blank=True, help_text="why it was halted, or goes on longer")


class ContractVersionShape(Shape):
    """One immutable revision, without its document."""

    contract = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=VersionState.values)
    content_hash = serializers.CharField()
    enforcement = serializers.ChoiceField(choices=Enforcement.values, help_text="what happens to what breaks it")
    author = serializers.CharField(allow_null=True)
    created_at = Moment()
    change = serializers.CharField(allow_null=True, help_text="the change request that it came by, such as CC-12")
    goes_on = serializers.DateField(allow_null=True, help_text="the day that it is announced to go on")
    canary = CanaryShape(allow_null=True, help_text="of one that judged, or judges, some keys first")


class ContractVersionPage(Shape):
    """Some of them, the newest first."""

    versions = ContractVersionShape(many=True)
    next = Next()


class ContractVersionList(Shape):
    """Versions with the same content, the newest first."""

    versions = ContractVersionShape(many=True)


class BusinessKey(Shape):
    """A business key that is taken from every record."""

    kind = serializers.CharField()
    value = serializers.CharField(help_text="CEL over the record")


class ContractExample(Shape):
    """A record that it lets in."""

    name = serializers.CharField(allow_blank=True)
    value = serializers.JSONField()


class DowngradeLine(Shape):
    """One line of how a message becomes one of the version before."""

    target = serializers.CharField(help_text="data, below data, type, topic, subject or dataschema")
    expression = serializers.CharField(help_text="CEL; record is the data of the newer one, message all of it")


class WholeContractVersion(ContractVersionShape):
    """One immutable revision with everything that it says."""

    document = serializers.JSONField(help_text="the schema, or the document of its format")
    keys = BusinessKey(many=True)
    personal = serializers.ListField(child=serializers.CharField(), help_text="fields masked by role, as JSON Pointers")
    secret = serializers.ListField(child=serializers.CharField(), help_text="fields dropped before anything is kept")
    examples = ContractExample(many=True)
    downgrade = DowngradeLine(many=True, help_text="how a published message becomes one of the version before")


class LevelCounts(Shape):
    """How many findings of which level."""

    breaking = serializers.IntegerField()
    risky = serializers.IntegerField()
    safe = serializers.IntegerField()


class JudgedDifference(Shape):
    """One judged difference."""

    rule = serializers.CharField(help_text="a stable id, such as required-added")
    path = serializers.CharField(allow_blank=True, help_text="where; empty for the whole")
    level = serializers.ChoiceField(choices=LEVELS, help_text="the worse of the two")
    writers = serializers.ChoiceField(choices=LEVELS, help_text="for those who send what it describes")
    readers = serializers.ChoiceField(choices=LEVELS, help_text="for those who are sent it")
    message = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True, help_text="what to do instead, or about it")
    against = serializers.ListField(child=serializers.IntegerField(), help_text="the versions that it differs from so")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A field becomes required",
            value={
                "format": "json-schema",
                "compatibility": "full",
                "keeps": False,
                "versions": [3],
                "writers": "breaking",
                "readers": "safe",
                "counts": {"breaking": 1, "risky": 0, "safe": 0},
                "findings": [
                    {
                        "rule": "required-added",
                        "path": "total",
                        "level": "breaking",
                        "writers": "breaking",
                        "readers": "safe",
                        "message": "It has to be there; it could be left out.",
                        "remedy": "Let in both for as long as anybody sends the old, and refuse it in a later version.",
                        "against": [3],
                    }
                ],
            },
            response_only=True,
        )
    ]
)
class ContractReport(Shape):
    """What follows from a document becoming the newest of a contract."""

    format = serializers.ChoiceField(choices=Format.values)
    compatibility = serializers.ChoiceField(choices=Compatibility.values, help_text="what was held against it")
    keeps = serializers.BooleanField(help_text="whether nobody is broken to whom that is promised")
    versions = serializers.ListField(
        child=serializers.IntegerField(), help_text="compared with these, the newest first; empty: nothing is published"
    )
    writers = serializers.ChoiceField(choices=LEVELS, help_text="the worst for those who send what it describes")
    readers = serializers.ChoiceField(choices=LEVELS, help_text="the worst for those who are sent it")
    counts = LevelCounts(help_text="of all findings")
    findings = JudgedDifference(many=True, help_text="the worst first, 5,000 at most")


class NewHalt(Asked):
    """Why a canary is to stop."""

    reason = serializers.CharField(max_length=1000)


class WhichContracts(Asked):
    """Which contracts a list shows."""

    team = serializers.CharField(max_length=_LONGEST_SLUG, required=False)
    format = serializers.ChoiceField(choices=Format.values, required=False)
    q = serializers.CharField(max_length=200, required=False, help_text="words of its name or slug")
    cursor = serializers.SlugField(max_length=_LONGEST_SLUG, required=False, help_text="the `next` of the page before")


class WhichVersions(Asked):
    """Where a page of versions begins."""

    cursor = Cursor()


@extend_schema_serializer(examples=[OpenApiExample("A schema", value={"document": _DOCUMENT}, request_only=True)])
class NewCheck(Asked):
    """A document that may become the next version."""

    document = serializers.JSONField(
        help_text="the document itself, or the text of its file, JSON or YAML; text is read with line and column"
    )
    mode = serializers.ChoiceField(
        choices=Compatibility.values, required=False, help_text="left out: what the contract promises"
    )
