"""The sandbox's estate is a document applied by the public command: exported and applied again it changes nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from pytest_django import Settings

from controlplane.inventory.models import FieldChange, Integration, ProcessStep, System
from controlplane.people.models import Membership
from controlplane.standalone.places import places
from controlplane.standalone.sandbox import load
from controlplane.standalone.sandbox.marks import Marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(settings: Settings, tmp_path: Path) -> Marks:
    """Loaded, with keys and marks of its own."""
    settings.ENVIRONMENT = "sandbox"
    settings.SECRETS_FOLDER = tmp_path / "secrets"
    settings.SECRETS_FOLDER.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    marks = Marks(places(tmp_path))
    load.load(marks)
    return marks


def estate(*words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("estate", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.usefixtures("sandbox")
def test_what_is_exported_and_applied_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "exported.yaml"
    file.write_text(estate("export"))
    entries = sum(len(section) for section in yaml.safe_load(file.read_text()).values())

    *flagged, last = estate("plan", str(file)).splitlines()
    assert last == f"0 to create, 0 to change, {entries} as they are"
    assert all(line.startswith("! flows.payment-to-ledger: ") for line in flagged)
    assert estate("apply", str(file)).splitlines()[-1].startswith("0 created, 0 changed, ")
    assert estate("export") == file.read_text()


def test_its_record_is_said_by_its_people_but_for_a_few_gaps(sandbox: Marks) -> None:
    said = Integration.objects.exclude(owner=None)
    assert sorted(Integration.objects.filter(owner=None).values_list("slug", flat=True)) == ["form-to-lead"]
    assert set(said.values_list("owner__name", flat=True)) == {"Mara Lindqvist", "Ana Costa"}
    assert set(System.objects.filter(owner=None).values_list("slug", flat=True)) == {"invoicing", "gainsight"}
    assert list(ProcessStep.objects.filter(integrations=None).values_list("slug", flat=True)) == ["answered"]
    assert set(FieldChange.objects.values_list("reason", flat=True)) == {"The sandbox was loaded."}
    assert Membership.objects.count() == 11
    before = FieldChange.objects.count()
    load.load(sandbox)
    assert (FieldChange.objects.count(), Membership.objects.count()) == (before, 11)
