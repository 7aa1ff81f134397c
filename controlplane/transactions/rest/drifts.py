"""Payloads that have changed their form: listed, proposed to be let in, and ignored."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from controlplane.audit.models import Via
from controlplane.foundation.errors import NotFound
from controlplane.people.access import Access
from controlplane.people.rest.operations import Asked, Call, Shape, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.discovering import decide
from controlplane.transactions.models import Drift, DriftState
from controlplane.transactions.rest import asking, moments, shapes
from controlplane.transactions.selectors.discovered import DRIFT, Discovery

AREA = "Contracts"
#: Rows of one page.
DRIFTS = 100


class WhichDrifts(asking.Page):
    """Which of them."""

    state = serializers.ChoiceField(choices=DriftState.values, required=False, help_text="left out: all")
    contract = serializers.SlugField(required=False, help_text="of this contract alone")


class DriftShape(Shape):
    """One drift: what was, what is, since when, and what has become of it."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="new, vanished, type, null or broken")
    interface = serializers.CharField(source="interface.slug")
    event_type = serializers.CharField()
    contract = serializers.CharField(source="version.contract.slug")
    version = serializers.IntegerField(source="version.number", help_text="the version that judged it")
    pointer = serializers.CharField(help_text="the field, `*` for every element of a list")
    sign = serializers.CharField(help_text="the kinds that came, `absent`, `null`, `filled`, or the keyword broken")
    words = serializers.CharField()
    now = serializers.IntegerField(help_text="seen in so many")
    of = serializers.IntegerField(help_text="of the newest so many")
    was = serializers.IntegerField(help_text="before, seen in so many")
    out_of = serializers.IntegerField(help_text="of so many")
    since = serializers.DateTimeField(help_text="when the first came that was looked at")
    found_at = serializers.DateTimeField()
    examples = serializers.ListField(child=serializers.UUIDField(), help_text="transactions that show it")
    state = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="why it is ignored")
    change = serializers.IntegerField(source="change_id", allow_null=True, help_text="the change request about it")


class DriftPage(Shape):
    """A page of them."""

    drifts = DriftShape(many=True)
    next = serializers.CharField(allow_null=True)


class NewProposal(Asked):
    """How what is drawn up is kept."""

    draft = serializers.BooleanField(default=True, help_text="false: put before the board at once")


class ChangeMade(Shape):
    """The change request that was made."""

    change = serializers.IntegerField()
    state = serializers.CharField()
    title = serializers.CharField()


class Drifts(ApiView):
    """All of them."""

    area: ClassVar[str] = AREA

    @operation(DriftPage, asks=WhichDrifts)
    def get(self, call: Call) -> dict[str, Any]:
        """Payloads that changed their form, newest first, 100 a page."""
        rows = Drift.objects.select_related("interface", "version__contract").order_by("-pk")
        asked = {"state": call.asked.get("state"), "version__contract__slug": call.asked.get("contract")}
        rows = rows.filter(**{name: value for name, value in asked.items() if value})
        if (below := moments.whole(call.asked.get("cursor"))) is not None:
            rows = rows.filter(pk__lt=below)
        found = list(rows[:DRIFTS])
        return {"drifts": found, "next": str(found[-1].pk) if len(found) == DRIFTS else None}


class OneDrift(ApiView):
    """One of them."""

    area: ClassVar[str] = AREA

    @operation(DriftShape)
    def get(self, call: Call, drift_id: int) -> Drift:  # noqa: ARG002 - open to everybody
        """One drift."""
        found = Drift.objects.select_related("interface", "version__contract").filter(pk=drift_id).first()
        if found is None:
            raise NotFound("There is no such drift.")
        return found


class DriftPropose(ApiView):
    """Letting it in."""

    area: ClassVar[str] = AREA

    @operation(ChangeMade, takes=NewProposal, status=201, writes=True)
    def post(self, call: Call, drift_id: int) -> dict[str, Any]:
        """Make a change request of the next version, amended so that it lets in what is seen.

        It is kept as a draft unless `draft` is false. Nothing is published before a board has agreed.
        """
        found = _found(call.access, drift_id)
        change = decide.propose_from(call.access, found, draft=call.given["draft"])
        return {"change": change.pk, "state": change.state, "title": change.revision.title}


class DriftIgnore(ApiView):
    """Saying no more of it."""

    area: ClassVar[str] = AREA

    @operation(shapes.Done, takes=asking.Reason, writes=True)
    def post(self, call: Call, drift_id: int) -> dict[str, Any]:
        """Ignore it with a reason; what had drifted is what is usual from now on."""
        decide.ignore(call.access, _found(call.access, drift_id), call.given["reason"], via=Via.API)
        return {"count": 1, "detail": "It is ignored; payloads of this form are what is usual from now on."}


def _found(access: Access, drift_id: int) -> Discovery:
    return decide.the(access, DRIFT, drift_id)
