"""What stands in the fields of the inventory, in the words of an estate document.

A thing is called by its slug, a person by the address of an account, what belongs to a thing (steps of a process,
failure modes of an integration) by its fields. Histories keep these words, so they can be read when ids no longer can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from controlplane.inventory.models import FailureMode, Integration, Process, ProcessStep, System
from controlplane.people.models import Account, Person

#: What :func:`with_record` adds to a row begins so.
_SAID: Final = "said_"


def kind_of(row: models.Model | type[models.Model]) -> str:
    """What histories and the audit call things like it: ``integration``, ``sync_job``."""
    return str(row._meta.verbose_name).lower().replace(" ", "_")


def in_words(slug: str) -> str:
    """What a thing is called that has no other name."""
    return slug.replace("-", " ").capitalize()


def words_of(row: models.Model, name: str) -> Any:
    """What one field of a row says. Those that belong to others cost a question, unless it came with the row."""
    if hasattr(row, _SAID + name):
        return _tidy(name, getattr(row, _SAID + name))
    if (ask := _ASKED.get((type(row), name))) is not None:
        return _tidy(name, _only(ask(), row))
    value = getattr(row, name)
    if isinstance(value, models.Manager):
        return sorted(str(one.slug) for one in value.all())
    return said(value)


def said(value: Any) -> Any:
    """A value in words, as JSON has it."""
    if isinstance(value, Person):
        return _only(_address("value"), value)
    if isinstance(value, models.Model):
        return str(getattr(value, "slug", value.pk))
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple | set | QuerySet):
        return [said(one) for one in value]
    return {name: said(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


def with_record(found: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with all that :func:`words_of` would ask for: one statement, however many they are."""
    asked = {name: ask for (model, name), ask in _ASKED.items() if model is found.model}
    whole: QuerySet[Any] = found.annotate(**{_SAID + name: ask() for name, ask in asked.items()})
    return whole


def forget_words(row: models.Model, name: str) -> None:
    """What came with the row is no longer so."""
    row.__dict__.pop(_SAID + name, None)


def _address(owner: str) -> Subquery:
    """The address by which a document calls a person: of an account that is open, the oldest."""
    accounts = Account.objects.filter(person=OuterRef("pk" if owner == "value" else f"{owner}_id"))
    return Subquery(accounts.select_related(None).order_by("-is_active", "created_at", "pk").values("email")[:1])


def _slugs(through: type[models.Model], of: str, order: str) -> ArraySubquery:
    links = through._default_manager.filter(integration=OuterRef("pk")).order_by(order)
    return ArraySubquery(links.values_list(f"{of}__slug", flat=True))


def _steps() -> ArraySubquery:
    """In their order."""
    steps = ProcessStep.objects.filter(process=OuterRef("pk")).order_by("number")
    return ArraySubquery(steps.values(json=JSONObject(slug=F("slug"), name=F("name"))))


def _failure_modes() -> ArraySubquery:
    modes = FailureMode.objects.filter(integration=OuterRef("pk")).order_by("slug")
    names = {name: F(name) for name in ("slug", "name", "sign", "workaround")}
    return ArraySubquery(modes.values(json=JSONObject(**names)))


def _tidy(name: str, value: Any) -> Any:
    """Failure modes by their slugs, without what is empty."""
    if name != "failure_modes" or isinstance(value, dict):
        return value
    return {
        mode["slug"]: {field: words for field, words in mode.items() if field != "slug" and words} for mode in value
    }


def _only(expression: Any, row: models.Model) -> Any:
    found = type(row)._default_manager.filter(pk=row.pk).order_by()
    return found.annotate(only=expression).values_list("only", flat=True).first()


_ASKED: Final[Mapping[tuple[type[models.Model], str], Callable[[], Any]]] = {
    (System, "owner"): lambda: _address("owner"),
    (Process, "owner"): lambda: _address("owner"),
    (Process, "steps"): _steps,
    (Integration, "owner"): lambda: _address("owner"),
    (Integration, "deputy"): lambda: _address("deputy"),
    (Integration, "targets"): lambda: _slugs(Integration.targets.through, "interface", "interface__slug"),
    (Integration, "steps"): lambda: _slugs(Integration.steps.through, "processstep", "processstep__number"),
    (Integration, "failure_modes"): _failure_modes,
}
