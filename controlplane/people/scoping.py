"""One scoped queryset per model, for pages, API, exports and bulk actions alike (invariant 10).

A model whose rows belong to teams declares::

    class TransactionQuerySet(ScopedQuerySet["Transaction"]):
        team_path = "integration__team_id"

    class Transaction(models.Model):
        objects = TransactionQuerySet.as_manager()

and is read with ``Transaction.objects.visible_to(access)``. A row out of reach looks exactly like
one that does not exist: same exception, same words, same query.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import Http404

from controlplane.people.access import ALL, Access
from controlplane.people.roles import Action

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """A queryset that can be cut down to what somebody may see.

    ``team_path`` is the look-up from the model to the id of the owning team; ``needs`` is the action
    that seeing a row takes. ``environment_path`` leads to the id of the row's environment, where it has one.
    """

    team_path: ClassVar[str] = ""
    environment_path: ClassVar[str] = ""
    needs: ClassVar[Action] = Action.SEE_TRANSACTIONS

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a scope that does not say by what."""
        super().__init_subclass__(**kwargs)
        # Django derives managers from the class and names them ...From...; they carry the path on.
        if not cls.team_path:
            message = f"{cls.__name__}.team_path must name the look-up to the owning team's id"
            raise TypeError(message)

    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """The rows on which ``access`` allows ``action`` (by default: seeing them)."""
        teams = access.teams_that(action or self.needs)
        if teams is ALL:
            return self.all()
        return self.filter(**{f"{self.team_path}__in": teams})

    def listed_for(self, access: Access, action: Action | None = None) -> Self:
        """The visible rows of the environment that the person looks at: for lists and counts.

        What an address or a form names is read with :meth:`visible_to`, wherever it is.
        """
        rows = self.visible_to(access, action)
        if access.within is None or not self.environment_path:
            return rows
        return rows.filter(**{self.environment_path: access.within.pk})

    def get_visible_or_404(self, access: Access, action: Action | None = None, **lookup: Any) -> M_co:
        """The one visible row of ``lookup``; a foreign id and a missing one are the same 404."""
        try:
            return self.visible_to(access, action).get(**lookup)
        except (ObjectDoesNotExist, ValueError):
            # ValueError: the id in the address is not of the column's type (a broken uuid, say).
            name = self.model._meta.verbose_name
            raise Http404(f"There is no such {name}, or it is not yours to see.") from None


def scoped_models() -> frozenset[type[models.Model]]:
    """Every model whose default manager is scoped; the structure test compares it with what must be."""
    return frozenset(
        model for model in apps.get_models() if isinstance(model._default_manager.get_queryset(), ScopedQuerySet)
    )
