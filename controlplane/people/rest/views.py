"""What every address of the API has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.utils.cache import patch_cache_control
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from controlplane.people.rest import problems
from controlplane.people.rest.authentication import BySession, ByToken
from controlplane.people.rest.reading import AlwaysJson, StrictJson
from controlplane.people.rest.schema import OperationSchema
from controlplane.people.rest.throttling import EachMinute


class ApiView(APIView):
    """An address of the API. Answers are for the asker and for now: no cache keeps them."""

    #: The heading under which the documentation lists it.
    area: ClassVar[str] = ""

    authentication_classes = (ByToken, BySession)
    permission_classes = (IsAuthenticated,)
    throttle_classes = (EachMinute,)
    parser_classes: Sequence[type[BaseParser]] = (StrictJson,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJson
    metadata_class = None
    schema = OperationSchema()

    def get_exception_handler(self) -> Callable[..., Any]:
        """Problem documents."""
        return problems.answer

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Private, wherever it ends."""
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(final, private=True, no_store=True)
        return final
