"""What vendors say in a refusal, as people may see it: in lists, in files, and when what came in is gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from controlplane.foundation import clock
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.edit import draft
from controlplane.transactions.masking import personal_hidden, values_hidden
from controlplane.transactions.models import (
    DeadLetter,
    Payload,
    PayloadKind,
    Replay,
    ReplayItem,
    ReplayItemState,
    ReplayState,
)
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.selectors.detail import detail
from controlplane.transactions.selectors.letter import letter_view
from tests.transactions.factories import RECORD, Estate, an_access, an_account
from tests.transactions.traffic import Story, a_payload, paid_invoice
from tests.transactions.views.reading import text_of, told

pytestmark = pytest.mark.django_db

REFUSAL = "Can't find 'Anna Huber' (0660 1234567, anna@huber.example, AT61 1904 3002 3457 3201), order 4711"
AS_SUPPORT = "Can't find 'Anna Huber' (••••, a••••@huber.example, ••••), order 4711"
AS_BOARD = "Can't find '••••' (••••, a••••@huber.example, ••••), order 4711"


def pinned(here: Estate) -> Story:
    """A dead letter whose own copy is all that is left."""
    reason = "Brandt Messtechnik GmbH, office@brandt.example"
    story = paid_invoice(here, at=clock.now(), fails_at="invoice", reason=reason)
    run = story.runs["invoice"]
    sent = {"contact": "Brandt Messtechnik GmbH", "mail": "office@brandt-mt.example", "total": 3940}
    copy = a_payload(story.transaction, PayloadKind.REQUEST, sent, retention=Retention.PINNED)
    DeadLetter.objects.filter(pk=run.id).update(payload_id=copy.id)
    Payload.objects.exclude(pk=copy.pk).delete()
    return story


def test_once_what_came_in_is_gone_the_pinned_copy_shows_no_text_to_whom_personal_values_are_masked(
    here: Estate,
) -> None:
    story = pinned(here)
    run = story.runs["invoice"].id
    support, operator = an_access(Role.SUPPORT, here.team), an_access(Role.OPERATOR)
    for access in (support, operator):
        bodies = detail(access, story.transaction.id, clock.now()).bodies
        assert bodies.sent("invoice").document == {
            "contact": "B•••• M•••• G••••",
            "mail": "o••••@brandt-mt.example",
            "total": 3940,
        }
        assert bodies.note == (
            "What came in cannot be read any more, by which personal values were told: every text is masked."
        )
    view = letter_view(support, run)
    assert view.reason == "Brandt Messtechnik GmbH, o••••@brandt.example"
    assert view.body.document["contact"] == "B•••• M•••• G••••"
    shown = draft(operator, run).shown
    assert shown == {"contact": "B•••• M•••• G••••", "mail": "o••••@brandt-mt.example", "total": 3940}


def test_whoever_sees_personal_values_sees_the_pinned_copy_as_it_is(here: Estate) -> None:
    story = pinned(here)
    bodies = detail(an_access(Role.OWNER, here.team), story.transaction.id, clock.now()).bodies
    assert bodies.sent("invoice").document["contact"] == "Brandt Messtechnik GmbH"
    assert bodies.note == ""


@pytest.mark.parametrize(
    ("role", "seen"), [(Role.BOARD, AS_BOARD), (Role.EXECUTIVE, AS_BOARD), (Role.SUPPORT, AS_SUPPORT)]
)
def test_lists_pages_and_files_show_of_a_refusal_what_the_reader_may_see(
    here: Estate, client: Client, role: Role, seen: str
) -> None:
    story = told(here, fails_at="invoice", reason=REFUSAL)
    letter = DeadLetter.objects.get()
    client.force_login(an_account("Elif Kaya", role, here.team))
    pages = {
        "search": client.get("/tx/"),
        "dead letters": client.get("/tx/dead/"),
        "opened": client.get("/tx/dead/", {"open": str(letter.fingerprint)}),
        "cause": client.get(f"/tx/dead/{letter.fingerprint}/"),
        "letter": client.get(f"/tx/dead/letters/{letter.pk}/"),
        "transaction": client.get(f"/tx/{story.transaction.id}/"),
        "replay": client.get(f"/tx/replays/{a_replay(here, story)}/"),
    }
    assert {name: (page.status_code, seen in text_of(page)) for name, page in pages.items()} == dict.fromkeys(
        pages, (200, True)
    )
    assert {name for name, page in pages.items() if "1234567" in page.content.decode()} == set()


def a_replay(here: Estate, story: Story) -> int:
    """A replay in which the letter was refused once more."""
    replay = Replay.objects.create(
        team=here.team, requested_by=Person.objects.get(), reason="r", total=1, state=ReplayState.DONE
    )
    ReplayItem.objects.create(
        replay=replay,
        ordinal=1,
        step_run_id=story.runs["invoice"].id,
        transaction_id=story.transaction.id,
        attempts=1,
        revision=0,
        state=ReplayItemState.FAILED,
        result=REFUSAL,
    )
    return replay.pk


@pytest.mark.parametrize(("role", "seen"), [(Role.BOARD, AS_BOARD), (Role.SUPPORT, AS_SUPPORT)])
def test_the_file_of_a_replay_is_masked_as_its_page_is(here: Estate, client: Client, role: Role, seen: str) -> None:
    story = told(here, fails_at="invoice", reason=REFUSAL)
    client.force_login(an_account("Elif Kaya", role, here.team))
    file: Any = client.get(f"/tx/replays/{a_replay(here, story)}/results.csv")
    content = b"".join(file.streaming_content if file.streaming else [file.content]).decode()
    assert seen in content
    assert "1234567" not in content


@pytest.mark.parametrize(
    ("said", "personal", "values"),
    [
        ("Party “Huber” is unknown", "Party “Huber” is unknown", "Party “••••” is unknown"),
        ("Partei „Huber“ fehlt", "Partei „Huber“ fehlt", "Partei „••••“ fehlt"),
        ("It doesn't take 'x' or 'y'", "It doesn't take 'x' or 'y'", "It doesn't take '••••' or '••••'"),
        ("call +43 660 1234567 now", "call •••• now", "call •••• now"),
        ("call 06601234567", "call ••••", "call ••••"),
        ("born 1974-02-28", "born 1974-02-28", "born ••••"),
        ("400 tax_id_invalid on INV-0001", "400 tax_id_invalid on INV-0001", "400 tax_id_invalid on INV-0001"),
        (RECORD["description"], "Delivery in week 50", "Delivery in week 50"),
    ],
)
def test_what_is_hidden_of_a_sentence(said: str, personal: str, values: str) -> None:
    assert personal_hidden(said) == personal
    assert values_hidden(said) == values
