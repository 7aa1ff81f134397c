"""The estate over the API: planned, applied, exported; and the schema of its format, for editors.

Bodies are documents, as YAML or JSON, with every mistake's line and column in the problem that refuses them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any, ClassVar, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from controlplane.audit.models import Via
from controlplane.console.estate import export, plan, reading
from controlplane.console.estate.apply import apply, planned
from controlplane.console.estate.narrowing import narrowed
from controlplane.console.estate.schema import schema
from controlplane.foundation.errors import Invalid, TooLarge
from controlplane.people.access import Access, Action
from controlplane.people.rest.operations import Asked, Call, Shape, operation
from controlplane.people.rest.reading import StrictJson
from controlplane.people.rest.views import ApiView

AREA: Final = "Estate"
YAML: Final = "application/yaml"
#: What the document is called where a mistake in it is told.
BODY: Final = "body"


class DocumentText(BaseParser):
    """A body as it was sent, so that what is wrong with it can be shown where it stands."""

    media_type = YAML

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - named by REST framework
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - named by REST framework
    ) -> Any:
        """The text, and of which kind it is; whether it can be read is judged with the document."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(f"A document over the API has {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes at most.")
        try:
            return {"text": body.decode(), "media_type": self.media_type}
        except UnicodeDecodeError as error:
            raise Invalid(f"The document is not UTF-8: {error.reason} at byte {error.start + 1}.") from None


class JsonDocument(DocumentText):
    """The same for JSON."""

    media_type = StrictJson.media_type


class EstateDocument(Shape):
    """An estate document: sections, their entries, and the fields of these."""

    def to_internal_value(self, data: Any) -> Any:
        """As the parsers give it."""
        return data


class AnyDocument(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """What a document may say stands in a schema of its own."""

    target_class = "controlplane.console.estate.rest.EstateDocument"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:  # noqa: ARG002 - named by spectacular
        """Any object; ``/api/v1/estate/schema.json`` says which."""
        words = "An estate document: sections, their entries, and the fields of these. See /api/v1/estate/schema.json."
        return {"type": "object", "description": words, "additionalProperties": True}


class Why(Asked):
    """What is kept beside the changes."""

    reason = serializers.CharField(
        required=False, default="", max_length=1000, help_text="why, as it will stand in the history of every field"
    )


class WhichPart(Asked):
    """Which part of the estate."""

    environment = serializers.CharField(
        required=False, max_length=50, help_text="only this one (its slug), with what it stands on"
    )


class EntryDifferenceShape(Shape):
    """One field that would be, or was, given another value."""

    field = serializers.CharField(help_text="a path in the entry: steps.1.mapping.number")
    before = serializers.JSONField(help_text="null where there was none")
    after = serializers.JSONField(help_text="null where there is none any more")


class EntryChangeShape(Shape):
    """What becomes of one entry."""

    entry = serializers.CharField(help_text="section and slug: integrations.order-to-invoice")
    change = serializers.CharField(help_text="created or changed")
    notes = serializers.ListField(child=serializers.CharField(), help_text="such as: a new version, v2")
    fields_changed = EntryDifferenceShape(many=True)


class AppliedShape(Shape):
    """What a document would do, or did; entries that are as they are written are only counted."""

    changes = EntryChangeShape(many=True)
    flagged = serializers.ListField(child=serializers.CharField(), help_text="writes that the ownership matrix flags")
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()


class EstateView(ApiView):
    """What the addresses of the estate share. It reaches everywhere, so only who may configure everywhere may."""

    area: ClassVar[str] = AREA
    parser_classes = (DocumentText, JsonDocument)


class EstatePlan(EstateView):
    """Plans."""

    @operation(AppliedShape, takes=EstateDocument)
    def post(self, call: Call) -> dict[str, Any]:
        """What applying a document would change, entry by entry and field by field; nothing is changed.

        What is wrong with it is all told at once: `problems`, each with its line and column.
        """
        _allowed(call.access)
        return _told(planned(_document(call.given)))


class EstateApply(EstateView):
    """Applying."""

    @operation(AppliedShape, takes=EstateDocument, asks=Why, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Apply all of a document, or nothing where something is wrong with it.

        What a board decides is refused, with the name of the board and how it is asked.
        """
        _allowed(call.access)
        document = _document(call.given)
        return _told(apply(document, actor=call.access.actor, reason=call.asked["reason"], via=Via.API))


class Estate(EstateView):
    """The estate as it is."""

    @operation(None, asks=WhichPart, content_type=YAML)
    def get(self, call: Call) -> HttpResponse:
        """Everything there is as a document (YAML), or one environment of it; secrets as references.

        What a document cannot say stands in comments at its beginning.
        """
        _allowed(call.access)
        exported = export.export()
        document, unsaid = exported.document, [words for _, words in exported.unsaid]
        if environment := call.asked.get("environment"):
            if environment not in document["environments"]:
                there_are = ", ".join(document["environments"])
                message = f"There is no environment {environment!r}; there are: {there_are}."
                raise Invalid(message, field="environment")
            document, others = narrowed(document, environment)
            unsaid += others
        comments = "".join(f"# {words}\n" for words in unsaid)
        return HttpResponse(comments + export.as_yaml(document), content_type=YAML, status=HTTPStatus.OK)


@require_GET
def schema_json(_request: HttpRequest) -> HttpResponse:
    """The format as a JSON Schema. It says nothing of this company, so everybody may read it."""
    return HttpResponse(json.dumps(schema(), ensure_ascii=False, indent=2), content_type="application/schema+json")


def _allowed(access: Access) -> None:
    access.require_everywhere(Action.CONFIGURE)


def _document(given: Mapping[str, Any]) -> reading.Written:
    read = reading.read_json if given.get("media_type") == StrictJson.media_type else reading.read_text
    return read(given.get("text", ""), BODY)


def _told(applied: Any) -> dict[str, Any]:
    values = plan.as_values(applied)
    changes = [{**one, "fields_changed": one["fields"]} for one in values["changes"]]
    return {**values, "changes": changes}
