"""Consumers of contracts: read by everybody; declared, revised, withdrawn and answered for by their teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final

from controlplane.audit.models import Via
from controlplane.contracts import selectors
from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.declare import Uses, declare, revise
from controlplane.contracts.consumers.known import Consumer, consumers_of
from controlplane.contracts.consumers.selectors import confirmation_of, confirmations_of
from controlplane.contracts.consumers.standing import dependency_of
from controlplane.contracts.consumers.withdraw import withdraw
from controlplane.contracts.models import Confirmation, Contract, Dependency, Said
from controlplane.contracts.rest import consumer_shapes as shapes
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Integration
from controlplane.people.models import Team
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView

AREA: Final = "Contracts"
_MINUTE: Final = timedelta(minutes=1)


class ContractConsumers(ApiView):
    """Who consumes a contract."""

    area: ClassVar[str] = AREA

    @operation(shapes.ConsumerList)
    def get(self, call: Call, contract: str) -> dict[str, Any]:  # noqa: ARG002 - the catalogue is open to everybody
        """Every consumer, declared or seen, with when it was last seen to work by the contract."""
        return {"consumers": [_consumer(one) for one in consumers_of(selectors.contract_called(contract))]}

    @operation(shapes.ConsumerShape, takes=shapes.NewConsumer, status=201, writes=True)
    def post(self, call: Call, contract: str) -> dict[str, Any]:
        """Declare one; its team answers for it from now on when a change of the contract touches it."""
        given, found = call.given, selectors.contract_called(contract)
        made = declare(
            call.access,
            found,
            _uses(given),
            integration=_called(Integration, given["integration"], "integration"),
            name=given["name"],
            team=_called(Team, given["team"], "team"),
            via=Via.API,
        )
        return _declared(found, made)


class OneContractConsumer(ApiView):
    """One declared consumer."""

    area: ClassVar[str] = AREA

    @operation(shapes.ConsumerShape, takes=shapes.RevisedConsumer, writes=True)
    def put(self, call: Call, contract: str, consumer_id: int) -> dict[str, Any]:
        """Say all of it anew; to say it as it was is to stand by it."""
        found = selectors.contract_called(contract)
        made = revise(call.access, dependency_of(found, consumer_id).pk, _uses(call.given), via=Via.API)
        return _declared(found, made)


class ContractConsumerWithdrawal(ApiView):
    """Taking a declaration back."""

    area: ClassVar[str] = AREA

    @operation(shapes.ConsumerList, takes=shapes.ConsumerWithdrawal, writes=True)
    def post(self, call: Call, contract: str, consumer_id: int) -> dict[str, Any]:
        """Say that it is a consumer no more; the answer has those that are left."""
        found = selectors.contract_called(contract)
        withdraw(call.access, dependency_of(found, consumer_id).pk, call.given["words"], via=Via.API)
        return {"consumers": [_consumer(one) for one in consumers_of(found)]}


class ContractConfirmations(ApiView):
    """What consumers are asked."""

    area: ClassVar[str] = AREA

    @operation(shapes.ConfirmationList)
    def get(self, call: Call, contract: str) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Which consumers are asked about open changes of the contract, what they said, and until when they may."""
        rows = confirmations_of(selectors.contract_called(contract))
        return {"confirmations": [_confirmation(one) for one in rows]}


class ContractConfirmationAnswers(ApiView):
    """Answers."""

    area: ClassVar[str] = AREA

    @operation(shapes.ConfirmationShape, takes=shapes.NewAnswer, status=201, writes=True)
    def post(self, call: Call, contract: str, confirmation_id: int) -> dict[str, Any]:
        """Answer for a consumer, bound to the hash that was read; nobody does for a change that they wrote."""
        given, found = call.given, selectors.contract_called(contract)
        asked = confirmation_of(found, confirmation_id)
        said = Said(given["said"])
        answer(call.access, asked.pk, said, given["words"], content_hash=given["content_hash"], via=Via.API)
        return _confirmation(confirmation_of(found, confirmation_id))


def _uses(given: Mapping[str, Any]) -> Uses:
    minutes = given["cadence_minutes"]
    names = ("reads", "writes", "oldest", "newest", "contact", "note")
    cadence = minutes * _MINUTE if minutes is not None else None
    return Uses(fields=given["fields_used"], cadence=cadence, **{name: given[name] for name in names})


def _called(model: type[Any], slug: str, field: str) -> Any:
    if not slug:
        return None
    found = model.objects.filter(slug=slug).first()
    if found is None:
        raise Invalid(f"There is no {field} {slug!r}.", field=field)
    return found


def _declared(contract: Contract, made: Dependency) -> dict[str, Any]:
    return next(_consumer(one) for one in consumers_of(contract) if one.declared and one.declared.pk == made.pk)


def _consumer(one: Consumer) -> dict[str, Any]:
    declared, seen = one.declared, one.seen
    names = ("oldest", "newest", "contact", "note", "declared_at", "confirmed_at")
    sides = {side.value for side in one.sides}
    return {
        **dict.fromkeys(("oldest", "newest", "declared_at", "confirmed_at", "declared_by", "confirmed_by")),
        "contact": "",
        "note": "",
        "id": None,
        "cadence_minutes": None,
        **({name: getattr(declared, name) for name in names} | _by(declared) if declared else {}),
        "name": one.name,
        "integration": one.integration.slug if one.integration else None,
        "team": one.team.slug,
        "use": one.use.value,
        "reads": "readers" in sides,
        "writes": "writers" in sides,
        "fields_used": one.fields,
        "uses": seen.uses if seen else (),
        "last_seen_at": seen.last if seen else None,
        "per_day": one.per_day,
        "looked_back_days": one.window.days,
    }


def _by(declared: Dependency) -> dict[str, Any]:
    return {
        "id": declared.pk,
        "cadence_minutes": declared.cadence // _MINUTE if declared.cadence else None,
        "declared_by": declared.declared_by.name if declared.declared_by else None,
        "confirmed_by": declared.confirmed_by.name if declared.confirmed_by else None,
    }


def _confirmation(one: Confirmation) -> dict[str, Any]:
    names = ("id", "state", "asked_at", "due_at", "stale_at", "released_why", "findings")
    return {name: getattr(one, name) for name in names} | {
        "change": one.change.reference,
        "version": one.revision.number,
        "content_hash": one.revision.content_hash,
        "consumer": one.name,
        "team": one.team.slug,
        "answers": list(_answers(one)),
    }


def _answers(one: Confirmation) -> Iterable[dict[str, Any]]:
    for said in one.answers.all():
        yield {"said": said.said, "person": said.person.name, "words": said.words, "at": said.at}
