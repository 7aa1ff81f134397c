"""The compose files start what docs/deployment.md describes, with settings that exist and no secret in them."""

from __future__ import annotations

import re
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import yaml
from uvicorn import Config

from controlplane.configuration import DECLARED
from controlplane.standalone.choices import PROJECT

DOCKER = PROJECT / "docker"
FILES = [DOCKER / "compose.yaml", DOCKER / "compose.rabbitmq.yaml"]
OURS = {"prepare", "ingress", "web", "worker", "beat", "consumer"}
#: Of containers only; docs/deployment.md says what they are.
OF_CONTAINERS = {"INTERLOCK_READY_FILE"}
#: Not settings of ours: the vault's own, of the process.
OF_THE_VAULT = {"VAULT_TOKEN", "VAULT_TOKEN_FILE"}
#: Those that resolve references to secrets, or call destinations.
REACHING = {"ingress", "web", "worker", "consumer"}
NAMED = re.compile(r"\$\{([A-Z_]+)(:[-?][^}]*)?\}")


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document(FILES[0])["services"]
    return found


def test_every_setting_of_ours_exists_and_is_documented() -> None:
    documented = (PROJECT / "docs" / "settings.md").read_text()
    given = {name for path in FILES for service in OURS for name in document(path)["services"][service]["environment"]}
    assert {name for name in given if name not in DECLARED} == OF_CONTAINERS | OF_THE_VAULT
    assert {name for name in given - OF_CONTAINERS if f"`{name}`" not in documented} == set()
    deployment = (PROJECT / "docs" / "deployment.md").read_text()
    assert [name for name in OF_CONTAINERS if f"`{name}`" not in deployment] == []


def test_every_variable_of_the_compose_files_is_in_the_example_and_no_other() -> None:
    used = {match[1] for path in FILES for match in NAMED.finditer(path.read_text())}
    given = re.findall(r"^([A-Z_]+)=", (DOCKER / "example.env").read_text(), re.MULTILINE)
    assert sorted(given) == sorted(used)


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "INTERLOCK_SECRET_KEY", "INTERLOCK_METRICS_TOKEN", "RABBITMQ_PASSWORD"]
)
def test_a_secret_has_no_value_here_and_the_start_is_refused_without_one(name: str) -> None:
    text = "".join(path.read_text() for path in FILES)
    uses = [match for match in NAMED.finditer(text) if match[1] == name]
    assert uses
    assert {match[2] for match in uses} == {":?set it in the env file"}
    assert re.search(rf"^{name}=$", (DOCKER / "example.env").read_text(), re.MULTILINE)


def test_the_processes_of_a_scaled_out_deployment_are_there() -> None:
    assert set(services()) == OURS | {"proxy", "pgbouncer", "archive", "postgres", "valkey"}
    assert {name: services()[name]["deploy"]["replicas"] for name in ("ingress", "web", "worker")} == {
        "ingress": 2,
        "web": 2,
        "worker": 2,
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_can_change_nothing_and_gain_nothing(name: str) -> None:
    service = services()[name]
    assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in services().items() if "ports" in service} == {"proxy"}
    assert services()["proxy"]["ports"] == ["443:8443"]


def test_only_prepare_goes_past_the_pooler_because_migrations_hold_session_locks() -> None:
    direct = {name for name in OURS if "@postgres:5432" in services()[name]["environment"]["DATABASE_URL"]}
    assert direct == {"prepare"}
    assert services()["prepare"]["environment"]["INTERLOCK_PGBOUNCER"] == "0"
    assert {services()[name]["environment"]["INTERLOCK_PGBOUNCER"] for name in OURS - direct} == {"1"}


def test_everything_waits_for_prepare_and_nothing_that_carries_waits_for_the_broker() -> None:
    for name in OURS - {"prepare"}:
        waits = services()[name]["depends_on"]
        assert waits["prepare"] == {"condition": "service_completed_successfully"}
        assert ("valkey" in waits) == (name == "web")


def test_postgres_finds_its_archive_and_its_backups_writable() -> None:
    made, server = services()["archive"], services()["postgres"]
    assert made["image"] == server["image"]
    folders = ["/archive", "/backups"]
    assert made["entrypoint"] == ["install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", *folders]
    assert [mount.partition(":")[2] for mount in made["volumes"]] == folders
    assert set(made["volumes"]) < set(server["volumes"])
    assert server["depends_on"] == {"archive": {"condition": "service_completed_successfully"}}


def test_every_image_is_pinned() -> None:
    images = [
        service["image"] for path in FILES for service in document(path)["services"].values() if "image" in service
    ]
    outside = [image for image in images if not image.startswith("interlock:")]
    assert [image for image in outside if ":" not in image or image.endswith("latest")] == []


def test_what_is_mounted_from_here_exists() -> None:
    mounts = [
        mount for service in services().values() for mount in service.get("volumes", []) if mount.startswith("./")
    ]
    assert mounts
    assert [mount for mount in mounts if not (DOCKER / mount.split(":")[0]).exists()] == []


def test_the_pooler_waits_for_a_server_no_longer_than_senders_do() -> None:
    from controlplane.transactions.ingress.batches import SETTLE_SECONDS

    settings = dict(
        re.findall(r"^([a-z_]+) = (.*)$", (DOCKER / "pgbouncer" / "pgbouncer.ini").read_text(), re.MULTILINE)
    )
    assert settings["pool_mode"] == "transaction"
    assert float(settings["query_wait_timeout"]) < SETTLE_SECONDS
    (most,) = [word for word in services()["postgres"]["command"] if word.startswith("max_connections=")]
    pooled = int(settings["default_pool_size"]) + int(settings["reserve_pool_size"])
    assert pooled < int(most.partition("=")[2])


def test_the_proxy_lets_go_of_an_idle_connection_before_the_server_does() -> None:
    servers = signature(Config).parameters["timeout_keep_alive"].default
    assert [name for name in OURS if "--timeout-keep-alive" in services()[name].get("command", [])] == []
    upstreams = re.findall(r"^upstream .*", (DOCKER / "nginx" / "interlock.conf").read_text(), re.MULTILINE)
    kept = [re.findall(r" keepalive_timeout (\d+)s;", upstream) for upstream in upstreams]
    assert [[int(seconds) < servers for seconds in one] for one in kept] == [[True], [True]]


def test_the_proxy_sets_every_header_that_is_believed_of_it() -> None:
    from connectors.signatures.mtls import FORMS

    conf = (DOCKER / "nginx" / "interlock.conf").read_text()
    sockets = conf[conf.index("location = /live/") : conf.index("location / {")]
    # A place that sets one header inherits none.
    assert [place for place in re.findall(r"location[^{]*{[^}]*}", conf) if "proxy_set_header" in place] == [
        sockets.strip()
    ]
    for place in (conf.replace(sockets, ""), sockets):
        emptied = {name.lower() for name in re.findall(r'proxy_set_header (\S+) "";', place)}
        assert set(FORMS.values()) <= emptied
        assert re.findall(r"proxy_set_header (X-Forwarded-\S+) (\S+);", place) == [
            ("X-Forwarded-For", "$remote_addr"),
            ("X-Forwarded-Proto", "https"),
        ]
    assert "$request_uri" not in conf
    assert "$args" not in conf
    subnet = document(FILES[0])["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert services()["web"]["environment"]["INTERLOCK_TRUSTED_PROXIES"] == subnet


def mounts(name: str) -> dict[str, str]:
    """Where what is mounted in a service: place → what, and ``:ro`` where it may only be read."""
    found = {}
    for mount in services()[name].get("volumes", []):
        what, place, *mode = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", mount).split(":")
        found[place] = ":".join([what, *mode])
    return found


def test_an_export_that_a_worker_wrote_can_be_fetched_from_every_web_process() -> None:
    places = {name: mounts(name).get("/var/lib/interlock/exports") for name in OURS}
    assert places == dict.fromkeys(OURS) | {"web": "exports", "worker": "exports"}
    assert "exports" in document(FILES[0])["volumes"]


def test_keys_that_are_made_on_a_page_are_found_by_what_verifies_and_what_delivers() -> None:
    folders = {name: mounts(name).get(services()[name]["environment"].get("INTERLOCK_SECRETS", "")) for name in OURS}
    assert folders == dict.fromkeys(OURS) | dict.fromkeys(REACHING, "secrets:ro") | {"web": "secrets"}
    assert "secrets" in document(FILES[0])["volumes"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_only_what_uses_secrets_can_reach_them(name: str) -> None:
    service = services()[name]
    given = {word for word in service["environment"] if word.startswith("VAULT_")}
    assert given == ({"VAULT_ADDR", "VAULT_TOKEN", "VAULT_TOKEN_FILE"} if name in REACHING else set())
    assert ("INTERLOCK_PRIVATE_NETWORKS" in service["environment"]) == (name in REACHING)
    assert mounts(name).get("/run/vault-token") == ("vault-token:ro" if name in REACHING else None)
    assert service.get("env_file") == ([{"path": "credentials.env", "required": False}] if name in REACHING else None)


def test_the_variables_of_env_references_are_not_kept_in_version_control() -> None:
    assert "/docker/credentials.env" in (PROJECT / ".gitignore").read_text().splitlines()
