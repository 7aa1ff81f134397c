"""Words find what the person who asks may read, and nothing by what is masked for them."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.db import connection

from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership
from controlplane.people.roles import COMPANY_WIDE, Role
from controlplane.transactions.masking import personal_hidden, values_hidden
from controlplane.transactions.search import seen
from controlplane.transactions.search.query import Word
from controlplane.transactions.search.seen import Reads
from tests.transactions.factories import Estate, an_access, estate
from tests.transactions.searching import found
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db


SAID = "Can't find 'Anna Huber' (0660 1234567, anna@huber.example, AT61 1904 3002 3457 3201), order 4711"
#: A word of it, and who finds it by that.
WORDS = [
    ("find", {"owner", "auditor", "support", "operator", "board", "executive"}),
    ("can't", {"owner", "auditor", "support", "operator", "board", "executive"}),
    ("rejected.tax", {"owner", "auditor", "support", "operator", "board", "executive"}),
    ("Anna H", {"owner", "auditor", "support", "operator"}),
    ("Anna X", set()),
    ("), order", {"owner", "auditor", "support", "operator"}),
    ("anna@", {"owner", "auditor"}),
    ("a@huber", {"owner", "auditor"}),
    ("@huber.exam", {"owner", "auditor", "support", "operator"}),
    ("0660 1", {"owner", "auditor"}),
    ("3002 34", {"owner", "auditor"}),
    ("(, , )", set()),
]


@pytest.mark.parametrize(("word", "finds"), WORDS)
@pytest.mark.parametrize("field", ["text:", ""])
def test_a_word_finds_only_what_the_person_who_asks_may_read(
    here: Estate, field: str, word: str, finds: set[str]
) -> None:
    story = paid_invoice(here, fails_at="invoice", reason=SAID)
    alike = {role: an_access(role, None if role in COMPANY_WIDE else here.team) for role in Role}
    given = {role.value for role, access in alike.items() if found(f'{field}"{word}"', access)}
    assert given == finds
    others = [access for role, access in alike.items() if role.value not in finds]
    assert all(found(f'status:failed -{field}"{word}"', access) == [story.transaction.id] for access in others)


def test_what_one_team_lets_somebody_read_they_read_there_alone(here: Estate) -> None:
    there = estate("sales")
    mine, theirs = (paid_invoice(one, fails_at="invoice", reason=SAID).transaction.id for one in (here, there))
    access = an_access(Role.OWNER, here.team, name="Mara")
    Membership.objects.create(person_id=access.person_id, team=there.team, role=Role.BOARD)
    access = access_for(Account.objects.get(pk=access.account_id))
    assert set(found("text:find", access)) == {mine, theirs}
    assert found('text:"Anna Huber"', access) == [mine]


@pytest.mark.parametrize(
    ("reads", "shown"), [(Reads(), values_hidden), (Reads(masked=None), personal_hidden)], ids=["nothing", "masked"]
)
def test_what_is_hidden_on_pages_is_hidden_from_the_search(db: None, reads: Reads, shown: Callable[[str], str]) -> None:
    made = random.Random(7)  # noqa: S311 - sentences, the same each time
    parts = [
        "Anna",
        "'",
        '"',
        "„",
        "“",
        "can't",
        "anna@huber.example",
        "+43 660",
        "0660 1234",
        "4711",
        " ",
        ", ",
        "AT61 1904",
    ]
    sentences = ["".join(made.choices(parts, k=8)) for _ in range(60)]
    words = {(one, one[at : at + 5]) for one in sentences for at in range(len(one) - 4)}
    leaked = {(sentence, word) for sentence, word in words if word.lower() not in shown(sentence).lower()}
    conditions = {word: seen.text([Word(word)], reads) for _, word in leaked}
    with connection.cursor() as cursor:
        for sentence, word in sorted(leaked):
            asked = conditions[word]
            cursor.execute(f"select {asked.sql} {_ROW}", [*asked.parameters, sentence])
            assert cursor.fetchone() == (False,), (word, sentence)


_ROW = "from (select 0 as integration_id, '' as error_class, '' as reason, %s as headline) t"
