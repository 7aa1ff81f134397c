"""What belongs to a thing and is nothing without it: the steps of a process, the known failures of an integration.

They are written whole, in the words of an estate document; each keeps its row (and with that what refers to it) for as
long as its slug is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

from controlplane.foundation.errors import Conflict, Invalid
from controlplane.inventory.models import FailureMode, Integration, Process, ProcessStep

Rows = dict[str, dict[str, Any]]


def _steps(said: Iterable[Mapping[str, Any]]) -> Rows:
    return {step["slug"]: {"name": step["name"], "number": number} for number, step in enumerate(said, 1)}


def _failure_modes(said: Mapping[str, Mapping[str, Any]]) -> Rows:
    return {slug: {"sign": "", "workaround": ""} | dict(mode) for slug, mode in said.items()}


#: Which model they are, by which field they belong, and how what was said is read.
BELONGINGS: Final[Mapping[tuple[type[models.Model], str], tuple[type[Any], str, Callable[[Any], Rows]]]] = {
    (Process, "steps"): (ProcessStep, "process", _steps),
    (Integration, "failure_modes"): (FailureMode, "integration", _failure_modes),
}


def put_belongings(row: models.Model, name: str, said: Any) -> None:
    """Make what is missing, change what differs, take away what is not said.

    :class:`Invalid` where one cannot be so, :class:`Conflict` where one that goes is still carried by something.
    """
    model, of, read = BELONGINGS[type(row), name]
    wanted, there = read(said), {one.slug: one for one in model.objects.filter(**{of: row})}
    gone = [one for slug, one in there.items() if slug not in wanted]
    _refuse_carried(gone)
    model.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for slug, fields in wanted.items():
        one = there.get(slug) or model(**{of: row}, slug=slug)
        if one.pk is None or any(getattr(one, field) != value for field, value in fields.items()):
            for field, value in fields.items():
                setattr(one, field, value)
            _save(one, name)


def _refuse_carried(gone: Iterable[Any]) -> None:
    keys = [one.pk for one in gone if isinstance(one, ProcessStep)]
    carried = Integration.objects.filter(steps__in=keys).values_list("steps__slug", "slug").order_by("slug").first()
    if carried is not None:
        raise Conflict(f"{carried[0]!r} cannot go: {carried[1]!r} carries that step. Nothing was changed.")


def _save(one: models.Model, name: str) -> None:
    try:
        one.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        words = " ".join(word for words in error.message_dict.values() for word in words)
        raise Invalid(f"{getattr(one, 'slug', one)}: {words}", field=name) from None
    one.save()
