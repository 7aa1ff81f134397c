"""Which parts run here, and which give way to something outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from controlplane.standalone.installation import outside, stages
from controlplane.standalone.places import places

SERVERS = ["web", "worker", "beat"]
DATABASE = {"DATABASE_URL": "postgres://db.example/interlock"}
BROKER = {"BROKER_URL": "amqp://mq.example//"}
CACHE = {"CACHE_URL": "redis://cache.example/0"}


@pytest.mark.parametrize(
    ("environ", "services"),
    [
        ({}, ["postgres", "valkey"]),
        ({"DATABASE_URL": ""}, ["postgres", "valkey"]),
        (DATABASE, ["valkey"]),
        (BROKER, ["postgres", "valkey"]),
        (CACHE, ["postgres", "valkey"]),
        (BROKER | CACHE, ["postgres"]),
        (DATABASE | BROKER | CACHE, []),
        ({"VAULT_ADDR": "https://vault.example"}, ["postgres", "valkey"]),
    ],
)
def test_a_service_gives_way_to_one_that_is_named(tmp_path: Path, environ: dict[str, str], services: list[str]) -> None:
    names = [[part.name for part in stage.parts] for stage in stages(places(tmp_path), 8460, environ)]
    assert names == [services, ["prepare"], SERVERS]
    assert outside(environ) == [name for name, value in environ.items() if value]


def test_all_stages_together_stop_within_five_seconds(tmp_path: Path) -> None:
    # "prepare" has ended long before; a stop in the middle of it finds no servers.
    services, _, servers = stages(places(tmp_path), 8460, {})
    assert services.grace + servers.grace < 5


def test_only_the_services_and_the_schema_are_essential(tmp_path: Path) -> None:
    parts = [part for stage in stages(places(tmp_path), 8460, {}) for part in stage.parts]
    assert [part.name for part in parts if part.essential] == ["postgres", "valkey", "prepare"]
