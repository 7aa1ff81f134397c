"""Documents that somebody looks at before they are applied: kept for a day, for them alone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from controlplane.audit.models import Via
from controlplane.console.imports import importing
from controlplane.console.imports.formats import Understood, as_kept, from_kept
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan
from controlplane.foundation.errors import NotFound
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import ImportDraft
from controlplane.people.access import Access

KEPT: Final = timedelta(days=1)


def keep(access: Access, name: str, document: Understood, file: str, options: Options, environment: str) -> ImportDraft:
    """Keep a document; those whose day is over go."""
    ImportDraft.objects.filter(created_at__lt=Now() - KEPT).delete()
    return ImportDraft.objects.create(
        id=uuid7(),
        person_id=access.person_id,
        format=name,
        file=file[:200],
        document=as_kept(document),
        options={**asdict(options), "environment": environment},
    )


def called(access: Access, identifier: UUID) -> ImportDraft:
    """The draft of an address; somebody else's looks like a missing one."""
    found = ImportDraft.objects.filter(pk=identifier, person_id=access.person_id).first()
    if found is None:
        raise NotFound("This document is not kept any more, or it is somebody else's. Upload it again.")
    return found


def plan_of(access: Access, draft: ImportDraft) -> Plan:
    """What applying it would do now."""
    return importing.plan_of(_asked(access, draft))


@transaction.atomic
def apply(access: Access, draft: ImportDraft, seen: str) -> Plan:
    """Apply it as it was looked at; then it is not kept any longer."""
    plan = importing.do(_asked(access, draft), seen)
    draft.delete()
    return plan


def _asked(access: Access, draft: ImportDraft) -> Asked:
    options = dict(draft.options)
    environment = options.pop("environment")
    document = from_kept(draft.format, draft.document)
    return Asked(document, draft.file, Options(**options), environment, access.actor, Via.PAGE, access)
