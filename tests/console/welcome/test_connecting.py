"""The first integration from a short form: what is made, what is refused, and that nothing is made twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from controlplane.audit.models import AuditRecord
from controlplane.console.welcome.connect import Wanted, connect
from controlplane.console.welcome.keys import make_new_keys
from controlplane.contracts.models import VersionState
from controlplane.credentials import providers
from controlplane.credentials.models import Credential
from controlplane.credentials.references import parse
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, Problem, Unavailable
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import Instance, Integration, System
from controlplane.people.access import Access, access_for
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.people.services import create_account
from controlplane.transactions.models import Dedupe, Destination, Endpoint, FlowVersion, Route
from tests.console.welcome.conftest import RECEIVER

pytestmark = pytest.mark.django_db
WANTED = Wanted("Web shop", RECEIVER, "order.placed", team_name="Integrations")


def an_access(*roles: tuple[Role, Team | None]) -> Access:
    return access_for(create_account("somebody@example.test", "Some Body", "correct horse battery", roles))


@pytest.fixture
def operator() -> Access:
    return an_access((Role.OPERATOR, None))


def everything() -> dict[str, int]:
    models = (Team, System, Instance, Integration, Credential, Endpoint, Destination, FlowVersion, Route)
    return {model.__name__: model._default_manager.count() for model in models}


def test_everything_from_the_endpoint_to_the_webhook_is_made_under_names_that_say_what_it_is(operator: Access) -> None:
    integration, keys = connect(operator, WANTED)
    assert keys is not None
    assert (integration.slug, integration.name) == ("web-shop", "Web shop to hooks.example.com")
    assert integration.team.slug == "integrations"
    endpoint = Endpoint.objects.get(slug="web-shop")
    assert (endpoint.scheme, endpoint.secrets) == ("standard_webhooks", [str(keys.sender_at)])
    destination = Destination.objects.get(slug="web-shop-receiver")
    assert destination.instance.base_url == RECEIVER
    assert destination.credential is not None
    assert destination.credential.references == {"signing": str(keys.receiver_at)}
    route = Route.objects.get(flow__slug="web-shop")
    assert (route.event_type, route.interface) == ("order.placed", endpoint.interface)
    version = FlowVersion.objects.get(flow__slug="web-shop")
    assert version.state == VersionState.PUBLISHED
    assert [(step["destination"], step["operation"]) for step in version.steps] == [("web-shop-receiver", "send")]


def test_the_audit_says_who_connected_what_and_knows_no_key(operator: Access) -> None:
    _, keys = connect(operator, WANTED)
    assert keys is not None
    record = AuditRecord.objects.get(action="integration.connected")
    assert (record.actor_label, record.subject_id) == ("Some Body", "web-shop")
    assert record.details == {"sender": "Web shop", "receiver": "hooks.example.com", "type": "order.placed"}
    kept = str([*AuditRecord.objects.values(), *Endpoint.objects.values(), *Credential.objects.values()])
    assert keys.sender.reveal() not in kept
    assert keys.receiver.reveal() not in kept
    assert keys.sender.reveal() not in repr(keys)


def test_both_keys_are_kept_for_their_owners_eyes_only_and_differ(operator: Access, secrets_folder: Path) -> None:
    _, keys = connect(operator, WANTED)
    assert keys is not None
    assert keys.sender != keys.receiver
    for reference, secret in ((keys.sender_at, keys.sender), (keys.receiver_at, keys.receiver)):
        assert providers.resolve(str(reference)) == secret
        assert stat.S_IMODE((secrets_folder / reference.path).stat().st_mode) == 0o600


def test_the_same_form_again_finds_what_is_there_and_makes_no_other_key(operator: Access, secrets_folder: Path) -> None:
    first, _ = connect(operator, WANTED)
    before = everything(), sorted(secrets_folder.iterdir()), AuditRecord.objects.count()
    again, keys = connect(operator, WANTED)
    assert (again, keys) == (first, None)
    assert (everything(), sorted(secrets_folder.iterdir()), AuditRecord.objects.count()) == before


@pytest.mark.parametrize(
    "other",
    [
        Wanted("Web shop", "https://elsewhere.example.com/", "order.placed", team_name="Integrations"),
        Wanted("Web shop", RECEIVER, "order.paid", team_name="Integrations"),
    ],
    ids=["another address", "another type"],
)
def test_another_one_of_that_name_is_refused_and_the_first_left_as_it_is(operator: Access, other: Wanted) -> None:
    connect(operator, WANTED)
    before = everything()
    with pytest.raises(Conflict, match="already, which does something else; it was left as it is") as told:
        connect(operator, other)
    assert told.value.field == "sender"
    assert everything() == before


def test_a_system_that_has_the_name_is_never_changed(operator: Access, secrets_folder: Path) -> None:
    System.objects.create(slug="web-shop", name="Shop", connector="stripe", monogram="Sh")
    with pytest.raises(Conflict, match="There is a system 'web-shop' already"):
        connect(operator, WANTED)
    assert System.objects.get().connector == "stripe"
    assert not Team.objects.exists()
    assert not secrets_folder.exists() or list(secrets_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9000/", "INTERLOCK_PRIVATE_NETWORKS=127.0.0.1/32 make up"),
        ("http://localhost:9000/", "INTERLOCK_PRIVATE_NETWORKS=127.0.0.1/32 make up"),
        ("http://169.254.169.254/latest", "not a public address"),
        ("http://[::ffff:10.0.0.1]/", "not a public address"),
        ("ftp://hooks.example.com/", "does not start with http"),
        ("https://user:password@hooks.example.com/", "has a user name in it"),
        ("https://hooks.example.com:6379/", "port 6379"),
        ("https://0x7f.1/", "neither a name nor an address"),
        ("javascript:alert(1)", "does not start with http"),
        ("", "does not start with http"),
    ],
)
def test_an_address_that_nothing_would_be_sent_to_is_refused_with_why(
    operator: Access, settings: Settings, url: str, words: str
) -> None:
    settings.PRIVATE_NETWORKS = []
    before = everything()
    with pytest.raises(Invalid) as told:
        connect(operator, Wanted("Web shop", url, "order.placed", team_name="Integrations"))
    assert words in told.value.detail
    assert "password" not in told.value.detail
    assert told.value.field == "url"
    assert everything() == before


def test_a_private_address_is_taken_where_the_operator_allows_its_network(operator: Access, settings: Settings) -> None:
    settings.PRIVATE_NETWORKS = ["127.0.0.1/32"]
    connect(operator, Wanted("Web shop", "http://127.0.0.1:9000/", "order.placed", team_name="Integrations"))
    assert Destination.objects.get().instance.base_url == "http://127.0.0.1:9000/"


def test_the_longest_names_fit(operator: Access) -> None:
    host = ".".join(["hooks" * 12] * 4)
    integration, _ = connect(operator, Wanted("W" * 80, f"https://{host}/", "t" * 120, team_name="T" * 80))
    assert integration.slug == "w" * 40
    assert integration.name == f"{'W' * 80} to {host[:30]}…"
    assert Destination.objects.get().slug == f"{'w' * 40}-receiver"


@pytest.mark.parametrize("sender", ["店", "—", "\u202e", "..."])
def test_a_name_that_no_address_can_be_made_of_is_refused(operator: Access, sender: str) -> None:
    with pytest.raises(Invalid, match="Use at least one letter from A to Z") as told:
        connect(operator, Wanted(sender, RECEIVER, "order.placed", team_name="Integrations"))
    assert told.value.field == "sender"


def test_an_owner_connects_for_their_own_team_and_for_no_other() -> None:
    orders, other = (Team.objects.create(slug=slug, name=slug) for slug in ("orders", "other"))
    owner = an_access((Role.OWNER, orders))
    integration, _ = connect(owner, Wanted("Web shop", RECEIVER, "order.placed", team=orders))
    assert integration.team == orders
    with pytest.raises(NotAllowed):
        connect(owner, Wanted("Till", RECEIVER, "order.placed", team=other))
    with pytest.raises(NotAllowed, match="a platform operator"):
        connect(owner, Wanted("Till", RECEIVER, "order.placed", team_name="Mine"))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.BOARD, Role.EXECUTIVE, Role.AUDITOR])
def test_whoever_may_not_configure_makes_nothing(role: Role) -> None:
    with pytest.raises(NotAllowed):
        connect(an_access((role, None)), WANTED)
    assert not Integration.objects.exists()


def test_where_secrets_come_from_elsewhere_it_says_what_to_do_and_makes_nothing(
    operator: Access, secrets_folder: Path
) -> None:
    secrets_folder.write_text("a file in the place of the folder")
    with pytest.raises(Unavailable, match="name them in an estate document"):
        connect(operator, WANTED)
    assert everything() == dict.fromkeys(everything(), 0)


def test_a_key_that_is_there_is_never_written_over(
    operator: Access, secrets_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.console.welcome.keys.secrets.token_hex", lambda _bytes: "same")
    secrets_folder.mkdir()
    (secrets_folder / "web-shop-receiver-same").write_text("somebody's")
    with pytest.raises(Conflict, match="it was left as it is"):
        connect(operator, WANTED)
    assert [(file.name, file.read_text()) for file in secrets_folder.iterdir()] == [
        ("web-shop-receiver-same", "somebody's")
    ]


def _new_keys(access: Access) -> object:
    return make_new_keys(access, Endpoint.objects.get(), Credential.objects.get())


def test_lost_keys_are_made_anew_while_nothing_has_come_in_and_the_old_ones_go(
    operator: Access, secrets_folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    connect(operator, WANTED)
    before = {file.name for file in secrets_folder.iterdir()}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        _new_keys(operator)
    after = {file.name for file in secrets_folder.iterdir()}
    assert (len(after), after & before) == (2, set())
    references = [*Endpoint.objects.get().secrets, Credential.objects.get().references["signing"]]
    assert {parse(reference).path for reference in references} == after
    assert AuditRecord.objects.filter(action="endpoint.keys_made").count() == 1


def test_keys_that_somebody_used_stay(operator: Access, secrets_folder: Path) -> None:
    connect(operator, WANTED)
    Dedupe.objects.create(
        endpoint=Endpoint.objects.get(), key_digest=uuid7(), transaction_id=uuid7(), body_digest=uuid7()
    )
    before = sorted(secrets_folder.iterdir())
    with pytest.raises(Conflict, match="so they stay: their sender would be refused"):
        _new_keys(operator)
    assert sorted(secrets_folder.iterdir()) == before


def test_only_who_may_configure_it_makes_new_keys(operator: Access) -> None:
    connect(operator, WANTED)
    support = create_account("elif@example.test", "Elif", "correct horse battery", [(Role.SUPPORT, None)])
    with pytest.raises(Problem):
        _new_keys(access_for(support))
