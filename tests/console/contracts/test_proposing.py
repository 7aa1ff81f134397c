"""The page on which a version is written, looked at, and proposed."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.contracts.lifecycle.content import digest
from controlplane.contracts.lifecycle.publish import publish
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import ContractVersion
from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.roles import Role
from tests.transactions.agreements.board import SLUG, schema
from tests.transactions.factories import Estate, an_access, an_account, estate

pytestmark = pytest.mark.django_db
ADDRESS = f"/data/contracts/{SLUG}/propose/"


@pytest.fixture
def here() -> Estate:
    """An estate with a contract, and a board that decides on it."""
    made = estate()
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    member = an_access(Role.BOARD, None, name="First")
    BoardMember.objects.create(board=board, person_id=UUID(member.person_id))
    return made


def owner(here: Estate) -> Client:
    """Signed in as somebody who owns the contract."""
    client = Client()
    client.force_login(an_account("Ana Costa", Role.OWNER, here.team))
    return client


def said(**more: Any) -> dict[str, str]:
    """A form as it is sent."""
    fields = {
        "document": json.dumps(schema(note={"type": "string"})),
        "personal": "/customer_email",
        "secret": "",
        "enforcement": "quarantine",
        "breaks": "",
        "title": "A note",
        "why": "Odoo sends one.",
    }
    return fields | more


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_it_begins_with_what_holds_now(here: Estate) -> None:
    page = owner(here).get(ADDRESS).content.decode()
    assert "begins with version 1" in page
    assert "&quot;amount_paid&quot;" in page
    assert "Contract board decides" in page


def test_looking_says_what_follows_and_proposes_nothing(here: Estate) -> None:
    document = json.dumps(schema(customer={"type": "integer"}))
    answer = owner(here).post(ADDRESS, said(document=document, title="", why="", look="1"))
    assert answer.status_code == 200
    assert "Breaks what is promised" in words(answer)
    assert "customer: It is integer now; it was string." in words(answer)
    assert not ChangeRequest.objects.exists()


def test_what_is_proposed_is_what_was_written(here: Estate) -> None:
    answer = owner(here).post(ADDRESS, said(breaks="Nobody reads it yet."))
    change = ChangeRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, change.get_absolute_url())
    content = change.revision.content
    assert (content["schema"], content["personal"]) == (schema(note={"type": "string"}), ["/customer_email"])
    assert content["breaks"] == "Nobody reads it yet."
    assert content["keys"] == here.contract_version.keys
    assert ContractVersion.objects.count() == 1


def test_yaml_is_read_too(here: Estate) -> None:
    owner(here).post(ADDRESS, said(document="type: object\nrequired: [id]\n"))
    assert ChangeRequest.objects.get().revision.content["schema"] == {"type": "object", "required": ["id"]}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"document": '{"type": "object",\n"type": "array"}'}, "'type' stands twice in one object"),
        ({"document": "{"}, "Line 1"),
        ({"document": '{"type": "objekt"}'}, "This is no JSON Schema"),
        ({"document": "[]"}, "A JSON Schema is an object"),
        ({"document": "true"}, "The schema of a contract is an object"),
        ({"personal": "customer_email"}, "personal is a list of JSON Pointers"),
        ({"title": ""}, "Say in a line what changes."),
        ({"why": ""}, "Say why: the board reads it."),
        ({"document": json.dumps(schema()), "personal": "AS_IT_IS"}, "That is what version 1 says already"),
        ({"enforcement": "perhaps"}, "Select a valid choice"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_what_is_wrong_is_said_beside_it_and_kept_in_the_form(
    here: Estate, fields: dict[str, str], complaint: str
) -> None:
    if fields.get("personal") == "AS_IT_IS":
        fields = fields | {"personal": "\n".join(here.contract_version.personal)}
    answer = owner(here).post(ADDRESS, said(**fields))
    assert answer.status_code == 422
    assert complaint in words(answer)
    assert "Odoo sends one." in answer.content.decode() or not fields.get("why", "x")
    assert not ChangeRequest.objects.exists()


def test_without_a_board_it_says_what_is_missing(here: Estate) -> None:
    BoardMember.objects.all().delete()
    Board.objects.all().delete()
    client = owner(here)
    assert "No board decides on contracts yet" in words(client.get(ADDRESS))
    assert client.post(ADDRESS, said()).status_code == 422


def test_who_may_not_sees_who_may(here: Estate) -> None:
    client = Client()
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, here.team))
    page = words(client.get(ADDRESS))
    assert f"of {here.team.name} may propose a version" in page
    assert "Propose to the board" not in page
    assert client.post(ADDRESS, said()).status_code == 403


def test_a_proposal_that_is_open_is_named(here: Estate) -> None:
    client = owner(here)
    client.post(ADDRESS, said())
    assert f"{ChangeRequest.objects.get()} proposes a version already." in words(client.get(ADDRESS))


def test_there_is_no_such_contract(here: Estate) -> None:
    client = owner(here)
    assert client.get("/data/contracts/nothing/propose/").status_code == 404
    assert client.get(f"{ADDRESS}?version=9").status_code == 404
    assert client.get(f"{ADDRESS}?version=x").status_code == 400


def test_a_draft_that_is_looked_at_is_proposed_and_becomes_the_version(here: Estate) -> None:
    """What was seen in traffic, or imported, and is not published yet."""
    version = here.contract_version
    draft = ContractVersion.objects.create(
        contract=version.contract,
        number=2,
        schema=schema(note={"type": "string"}),
        keys=version.keys,
        personal=version.personal,
        content_hash="d" * 64,
    )
    client = owner(here)
    page = client.get(f"/data/contracts/{SLUG}/?version=2").content.decode()
    assert f'href="{ADDRESS}?version=2"' in page
    assert "begins with version 2, a draft" in words(client.get(f"{ADDRESS}?version=2"))
    client.post(ADDRESS, said(document=json.dumps(draft.schema), personal="\n".join(version.personal)))
    change = ChangeRequest.objects.get()
    made = publish(
        version.contract,
        change.revision.content,
        an_access(Role.OWNER, here.team),
        "Agreed.",
        change=change,
        author=change.revision.person_id,
    )
    assert (made.pk, made.number, made.state) == (draft.pk, 2, "published")
    assert made.content_hash == digest(change.revision.content)


# -- what stands beside the schema -----------------------------------------------------------------------

KEYS = "customer: record.customer\norder: record.number"
LINKS = '[{"kind": "customer", "key": "record.customer"}]'
EXAMPLES = "- name: Paid in full\n  value: {id: in_1, customer: cus_1, currency: eur, amount_paid: 1}\n"


def test_what_holds_now_is_written_as_it_is_read_back(here: Estate) -> None:
    before = ContractVersion.objects.create(
        contract=here.contract,
        number=2,
        schema=schema(),
        keys=[{"kind": "customer", "value": "record.customer"}],
        links=[{"kind": "customer", "key": "record.customer"}],
        examples=[{"name": "Paid", "value": {"id": "1e3", "at": "2026-01-01"}}],
        state="published",
        content_hash="2" * 64,
    )
    client = owner(here)
    form = client.get(ADDRESS).context["form"]
    assert form.initial["keys"] == "customer: record.customer"
    client.post(ADDRESS, said(**{name: form.initial[name] for name in ("keys", "links", "examples")}))
    content = ChangeRequest.objects.get().revision.content
    assert [content[name] for name in ("keys", "links", "examples")] == [before.keys, before.links, before.examples]


def test_keys_links_and_examples_are_proposed_from_the_form(here: Estate) -> None:
    owner(here).post(ADDRESS, said(keys=KEYS, links=LINKS, examples=EXAMPLES))
    content = ChangeRequest.objects.get().revision.content
    assert content["keys"] == [
        {"kind": "customer", "value": "record.customer"},
        {"kind": "order", "value": "record.number"},
    ]
    assert content["links"] == [{"kind": "customer", "key": "record.customer"}]
    assert [one["name"] for one in content["examples"]] == ["Paid in full"]


def test_looking_shows_what_else_differs_and_the_lines(here: Estate) -> None:
    page = words(owner(here).post(ADDRESS, said(keys=KEYS, examples=EXAMPLES, look="1")))
    assert "What else changes" in page
    assert "customer: record.customer, order: record.number" in page
    assert "Examples" in page
    assert "Paid in full" in page
    assert "version 1 → what is written here" in page
    assert '+ "note": {' in page


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"keys": "customer: record.customer\nrecord.number"}, "Row 2: 'record.number' is no key; write the entity"),
        ({"keys": "customer: record.customer\nplanet: record.id"}, "keys, row 2: There is no entity 'planet'"),
        ({"keys": "customer: record."}, "keys, row 1: This is not an expression"),
        ({"links": "{}"}, "This is no list. Write links one after the other"),
        ({"links": "- customer"}, 'Row 1: "customer" is no object.'),
        ({"links": f"{LINKS[:-1]}, {{}}]"}, "links, row 2: There is no entity None"),
        ({"links": "[{"}, "Line 1"),
        ({"examples": "- name: Paid"}, "examples, row 1: An example has a name, and a value that is a record."),
        ({"examples": "a: [", "look": "1"}, "examples:"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_with_its_number_and_kept(
    here: Estate, fields: dict[str, str], complaint: str
) -> None:
    answer = owner(here).post(ADDRESS, said(**fields))
    assert answer.status_code == 422
    assert complaint in words(answer)
    name = next(iter(fields))
    assert answer.context["form"][name].value() == fields[name]
    assert not ChangeRequest.objects.exists()


def test_a_canary_and_both_forms_are_proposed_from_the_form(here: Estate) -> None:
    lines = "type: 'invoice.v1'\ndata.id: record.id"
    owner(here).post(ADDRESS, said(share="10", key="customer", hours="48", downgrade=lines))
    content = ChangeRequest.objects.get().revision.content
    assert content["canary"] == {"share": 10, "hours": 48, "points": 2, "key": "customer"}
    assert content["downgrade"] == [
        {"target": "type", "expression": "'invoice.v1'"},
        {"target": "data.id", "expression": "record.id"},
    ]


def test_a_canary_by_a_key_that_is_none_is_said_at_its_field(here: Estate) -> None:
    answer = owner(here).post(ADDRESS, said(share="10", key="moon", look="1"))
    assert answer.status_code == 422
    assert "canary: 'moon' is no business key of the version; there are: customer" in words(answer)
    assert answer.context["form"].errors.keys() == {"share"}


def test_without_a_share_there_is_no_canary(here: Estate) -> None:
    owner(here).post(ADDRESS, said(hours="48"))
    assert "canary" not in ChangeRequest.objects.get().revision.content
