"""Reading people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from controlplane.foundation.errors import NotFound, NotSignedIn
from controlplane.people.models import Account, Membership, Team, normalised


def own_account(request: HttpRequest) -> Account:
    """The account that a request is made with; :class:`NotSignedIn` when nobody is."""
    if isinstance(request.user, Account):
        return request.user
    raise NotSignedIn("Nobody is signed in here.")


def account_called(email: str) -> Account:
    """The account of an address; :class:`NotFound` when there is none."""
    found = Account.objects.filter(email=normalised(email)).first()
    if found is None:
        raise NotFound(f"There is no account {email!r}; manage.py person list shows all.")
    return found


def team_called(slug: str) -> Team:
    """The team of a slug; :class:`NotFound` names those that exist."""
    found = Team.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise NotFound(f"There is no team {slug!r}; there are: {known}.")
    return found


def everyone() -> QuerySet[Account]:
    """Every account with its person, by name."""
    return Account.objects.order_by("person__name", "email")


def roles_of(account: Account) -> list[Membership]:
    """What the person of an account is, and where."""
    return list(Membership.objects.filter(person_id=account.person_id).select_related("team").order_by("id"))
