"""A secrets folder of the test's own, and the form as a newcomer fills it in."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from controlplane.credentials import providers

#: A public address that nobody has (RFC 5737 is refused as documentation; a name is judged when it is connected to).
RECEIVER = "https://hooks.example.com/orders"


@pytest.fixture(autouse=True)
def secrets_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where keys are kept."""
    settings.SECRETS_FOLDER = tmp_path / "secrets"
    providers.forget()
    return tmp_path / "secrets"


@pytest.fixture
def filled_in() -> dict[str, str]:
    """The form on an installation with nothing in it."""
    return {"sender": "Web shop", "url": RECEIVER, "event_type": "order.placed", "team_name": "Integrations"}
