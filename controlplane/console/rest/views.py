"""Imports, and what was discovered."""

from __future__ import annotations

from typing import Any, ClassVar

from controlplane.audit.models import Via
from controlplane.console.imports import importing
from controlplane.console.imports.formats import understand
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan, told
from controlplane.console.imports.schemas import Wanted
from controlplane.console.rest import shapes
from controlplane.people.access import Action
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.selectors.discovered import discoveries


class OpenapiImport(ApiView):
    """Documents of OpenAPI and Swagger."""

    area: ClassVar[str] = "Imports"

    @operation(shapes.ImportShape, takes=shapes.NewDocumentImport, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Import an OpenAPI 3.0, 3.1 or Swagger 2.0 document into interfaces, operations and contracts."""
        return _document("openapi", call)


class AsyncapiImport(ApiView):
    """Documents of AsyncAPI."""

    area: ClassVar[str] = "Imports"

    @operation(shapes.ImportShape, takes=shapes.NewDocumentImport, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Import an AsyncAPI 2.x or 3.x document into an interface, its operations and contracts."""
        return _document("asyncapi", call)


class BackstageImport(ApiView):
    """Catalogue files of Backstage."""

    area: ClassVar[str] = "Imports"

    @operation(shapes.ImportShape, takes=shapes.NewCatalogueImport, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Import a catalogue file of Backstage into teams, systems and interfaces."""
        call.access.require_everywhere(Action.CONFIGURE)
        return _imported("backstage", call, Wanted(), Options(""), call.given["environment"])


class Discoveries(ApiView):
    """What was discovered."""

    area: ClassVar[str] = "Discovered"

    @operation(shapes.DiscoveryList, asks=shapes.WhichDiscoveries)
    def get(self, call: Call) -> dict[str, Any]:
        """Types of events that nobody takes, fields that no contract names, and fields that nobody sends."""
        asked = call.asked
        return {"discoveries": discoveries(call.access, kind=asked.get("kind", ""), ignored=asked["ignored"])}


def _document(name: str, call: Call) -> dict[str, Any]:
    call.access.require_somewhere(Action.CONFIGURE)
    given = call.given
    options = Options(given["instance"], given["interface"], given["team"])
    return _imported(name, call, Wanted(tuple(given["contracts"]), used=given["used_schemas"]), options, "")


def _imported(name: str, call: Call, wanted: Wanted, options: Options, environment: str) -> dict[str, Any]:
    given, access = call.given, call.access
    document = understand(name, given["document"].encode("utf-8", "replace"), given["file"], wanted)
    asked = Asked(document, given["file"], options, environment, access.actor, Via.API, access)
    plan = importing.plan_of(asked) if given["dry_run"] else importing.do(asked)
    return _said(plan, dry_run=given["dry_run"])


def _said(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    changes = [
        {
            "entry": line.where,
            "change": line.how,
            "title": line.title,
            "fields_changed": [{"field": name, "change": words} for name, words in told(line)],
        }
        for line in plan.lines
    ]
    document = plan.document
    return {"format": document.format, "dry_run": dry_run, **plan.counts, "notes": document.notes, "changes": changes}
