"""The OpenAPI document, written from the declarations of :mod:`operations`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from controlplane.people.rest.once import HEADER, KEY
from controlplane.people.rest.operations import Operation, operation_of

PROBLEM = "application/problem+json"
#: What any operation may be refused with, and what only writes, bodies or things by their id are.
ALWAYS = {
    400: "The request cannot be understood.",
    401: "No token, no session, or one that does not hold.",
    403: "The roles of the person or the token do not include this.",
    422: "A value cannot be used; `field` and `errors` say which.",
    429: "Too many requests in this minute; `Retry-After` says when there is room again.",
    503: "Temporarily impossible; nothing was done.",
}
OF_ONE = {404: "Missing, or out of reach: both look the same."}
OF_BODIES = {413: "The body is too large.", 415: "A kind of body that is not taken here."}
OF_WRITES = {409: "The state does not allow it, or the first request with this key is still at work."}


class FieldProblem(serializers.Serializer[Any]):
    """What is wrong with one value."""

    field = serializers.CharField(help_text="a path: seen[2].revision")
    message = serializers.CharField()


class QueryFault(serializers.Serializer[Any]):
    """What is wrong with the characters of a query from `start` (included) to `end` (excluded)."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    message = serializers.CharField()
    suggestion = serializers.CharField(help_text="what would replace them; empty where nothing can be guessed")


class DocumentProblem(serializers.Serializer[Any]):
    """What is wrong with a place of a document that was sent; null where it has none."""

    message = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class ProblemDocument(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField(help_text="a stable name: urn:interlock:problem:conflict")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="what happened, what was kept safe, what to do next")
    instance = serializers.CharField()
    field = serializers.CharField(required=False)
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # no attribute
    faults = QueryFault(many=True, required=False, help_text="of a query that cannot be read")
    problems = DocumentProblem(many=True, required=False, help_text="of an estate document, in its order")


class OperationSchema(AutoSchema):
    """Reads the declaration of each method instead of guessing from views."""

    @property
    def declared(self) -> Operation:
        """The method's declaration."""
        found = operation_of(self.view, self.method)
        if found is None:
            raise LookupError(f"{type(self.view).__name__}.{self.method.lower()} is no operation")
        return found

    def get_operation_id(self) -> str:
        """The view's name and what the method does: ``replays_get``."""
        words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(self.view).__name__)
        return f"{words.strip('_')}_{self.method.lower()}"

    def get_serializer_name(self, serializer: serializers.Serializer[Any], direction: Direction) -> str:
        """The shape's name without the word that tells its class from the model of the same name."""
        return str(super().get_serializer_name(serializer, direction)).removesuffix("Shape")

    def get_tags(self) -> list[str]:
        """The area."""
        return [str(getattr(self.view, "area", ""))]

    def get_summary(self) -> str:
        """The first line of the method's words."""
        return str(self.get_description().partition("\n")[0].rstrip("."))

    def get_request_serializer(self) -> Any:
        """The body's shape."""
        return self.declared.takes

    def get_response_serializers(self) -> Any:
        """The answer, and every refusal that there is."""
        declared = self.declared
        refusals = dict(ALWAYS)
        refusals |= OF_ONE if "{" in self.path or declared.takes else {}
        refusals |= OF_BODIES if self.method not in SAFE_METHODS else {}
        refusals |= OF_WRITES if declared.writes or declared.conflicts else {}
        problems = {
            (status, PROBLEM): OpenApiResponse(ProblemDocument, description=words)
            for status, words in sorted(refusals.items())
        }
        good: Any = declared.gives or OpenApiTypes.STR
        return {(declared.status, declared.content_type): OpenApiResponse(good), **problems}

    def get_override_parameters(self) -> list[Any]:
        """The query's parameters, and the key of writes."""
        found: list[Any] = [self.declared.asks] if self.declared.asks else []
        if self.declared.writes:
            found.append(_KEY)
        return found

    def get_filter_backends(self) -> list[Any]:
        """None."""
        return []


_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": KEY},
    OpenApiParameter.HEADER,
    description="The same request with the same key within 24 hours is done once and answered alike.",
)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How programs prove who they are."""

    target_class = "controlplane.people.rest.authentication.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - named by spectacular
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A service token: ilk_…"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How browsers do."""

    target_class = "controlplane.people.rest.authentication.BySession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - named by spectacular
        """The session's cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
