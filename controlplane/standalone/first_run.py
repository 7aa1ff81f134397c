"""The first sign-in of a new installation."""

from __future__ import annotations

import secrets

from controlplane.audit.models import Actor, Via
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.people.services import By, create_account
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.places import private_file

EMAIL = "operator@interlock.local"
NAME = "First operator"


def first_sign_in() -> tuple[str, str] | None:
    """Create the first operator when nobody can sign in yet; returns address and password.

    Both are kept in ``var/first-sign-in``, readable by its owner only; None when there are accounts.
    The file is written before the account exists: an interrupted start may leave a useless file, never
    an account whose password nobody knows.
    """
    if Account.objects.exists():
        return None
    password = secrets.token_urlsafe(15)
    private_file(chosen_places().first_sign_in, f"{EMAIL}\n{password}\n")
    create_account(EMAIL, NAME, password, [(Role.OPERATOR, None)], by=By(Actor(label="first start"), Via.COMMAND))
    return EMAIL, password
