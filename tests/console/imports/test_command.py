"""``manage.py estate import``: what it prints, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from controlplane.inventory.models import Operation
from tests.console.imports.documents import ORDERS
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Estate:
    return estate()


def run(file: Path, here: Estate, *more: str) -> str:
    out = io.StringIO()
    where = ("--instance", here.source.slug, "--interface", "orders")
    call_command("estate", "import", "openapi", str(file), *where, *more, stdout=out)
    return out.getvalue()


def test_it_says_what_it_would_do_and_does_it(tmp_path: Path, here: Estate) -> None:
    file = tmp_path / "orders.yaml"
    file.write_text(ORDERS)
    dry = run(file, here, "--dry-run").splitlines()
    assert dry[0] == "+ interfaces.orders (Orders, REST API)"
    assert dry[-2:] == ["6 to create, 0 to change, 0 gone, 0 as they are", "Dry run: nothing was changed."]
    assert not Operation.objects.exists()
    assert json.loads(run(file, here, "--json"))["created"] == 6
    assert run(file, here) == "0 to create, 0 to change, 0 gone, 6 as they are\n"


def test_what_is_wrong_ends_it(tmp_path: Path, here: Estate) -> None:
    file = tmp_path / "orders.yaml"
    file.write_text("openapi: 1\n")
    with pytest.raises(CommandError) as refused:
        run(file, here)
    assert str(refused.value) == (
        f"{file}:1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0, not '1'.\nNothing was changed."
    )
    with pytest.raises(CommandError, match=r"cannot be read: .*\nNothing was changed\."):
        run(tmp_path / "none.yaml", here)
