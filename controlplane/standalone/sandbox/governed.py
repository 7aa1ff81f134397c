"""The sandbox under its policies: everything is judged, and one finding is waived by those who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from controlplane.foundation import clock
from controlplane.governance.models import Waiver
from controlplane.governance.policies.run import run_everything
from controlplane.governance.policies.waive import ask, grant
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account
from controlplane.standalone.sandbox.people import DOMAIN

POLICY: Final = "runbook-for-critical"
SUBJECT: Final = "ticket-to-return"
WHY: Final = "The workshop's handbook is rewritten until then; its people are called meanwhile."
FOR: Final = timedelta(days=60)


def govern() -> None:
    """Bring the policies, judge everything by them, and let Jonas grant what Ana asked for, once."""
    run_everything()
    ana, jonas = _access("ana"), _access("jonas")
    if ana is None or jonas is None or Waiver.objects.exists():
        return
    until = (clock.now() + FOR).date()
    asked = ask(ana, POLICY, "integration", SUBJECT, WHY, until)
    grant(jonas, asked.pk, "Two months, not longer.")


def _access(name: str) -> Access | None:
    account = Account.objects.filter(email=f"{name}@{DOMAIN}").first()
    return access_for(account) if account else None
