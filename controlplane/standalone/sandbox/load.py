"""Making the sandbox: its keys, its estate, its people and their board."""

from __future__ import annotations

import base64
import secrets
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from controlplane.foundation.errors import Conflict
from controlplane.inventory.models import Integration
from controlplane.standalone.places import private_file
from controlplane.standalone.sandbox import governing, people
from controlplane.standalone.sandbox.governed import govern
from controlplane.standalone.sandbox.marks import COMPANY, Marks, systems

#: References of ``company.yaml``. Those of Standard Webhooks are base64, as that asks.
KEYS = ("odoo", "odoo-staging", "salesforce", "stripe", "hubspot", "zendesk", "outgoing", "stripe-key")
ENCODED = ("odoo", "odoo-staging", "outgoing")


def load(marks: Marks) -> None:
    """Make everything that is missing; what is there is brought up to date. Its systems run with ``make up``.

    Raises :class:`Conflict` where somebody works already, and ``CommandError`` when the estate cannot be applied:
    nothing is changed then but unused keys.
    """
    if made := others():
        raise Conflict(
            f"There is more here than the sandbox: {', '.join(made)}. It needs a database of its own, because it goes "
            "with it. Nothing was changed. Beside this one: INTERLOCK_VAR=/tmp/sandbox INTERLOCK_PORT=8470 make up"
        )
    for name in KEYS:
        file = settings.SECRETS_FOLDER / f"sandbox-{name}"
        if not file.exists():
            private_file(file, _key(name))
    with transaction.atomic():
        # They come first, because the estate says which of them stand for what; their roles are in its teams.
        passwords = {} if marks.sign_ins.exists() else people.arrive()
        _apply()
        if passwords:
            people.settle(marks.sign_ins, passwords)
    govern()
    governing.settle()
    marks.begin()


def _apply() -> None:
    """The estate, by the public command."""
    with TemporaryDirectory() as folder:
        document = Path(folder) / "company.yaml"
        document.write_text(COMPANY.read_text().replace("$SYSTEMS", systems()))
        call_command("estate", "apply", str(document), "--reason", "The sandbox was loaded.", stdout=StringIO())


def others() -> list[str]:
    """The integrations here that are not the sandbox's."""
    return list(Integration.objects.exclude(slug__in=_its_own()).order_by("slug").values_list("slug", flat=True))


@cache
def _its_own() -> tuple[str, ...]:
    """Read once: a page asks."""
    return tuple(yaml.safe_load(COMPANY.read_text())["integrations"])


def key(name: str) -> str:
    """The key of that name (``sandbox-stripe``); raises ``OSError`` when the sandbox is gone."""
    return (settings.SECRETS_FOLDER / name).read_text()


def _key(name: str) -> str:
    if name in ENCODED:
        return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    return secrets.token_urlsafe(24)
