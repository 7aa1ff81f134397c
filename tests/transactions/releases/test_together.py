"""All that a version set aside is let out as one act: in order, a part at a time, each once, with what became of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.agreements.take_up import take_up
from controlplane.transactions.models import Inbox, Release, ReleaseItem, ReleaseItemState
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.releases import statements
from controlplane.transactions.releases.carry import carry, carry_all
from controlplane.transactions.releases.release import release
from controlplane.transactions.releases.request import release_all, request_release, set_aside_by
from controlplane.transactions.releases.stop import stop_release
from controlplane.transactions.releases.trial import trial_of
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.releases import progress
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_access

pytestmark = pytest.mark.django_db(transaction=True)

STRICT = {"type": "object", "properties": {"currency": {"enum": ["EUR"]}}}


def published(story: Story, schema: object = STRICT) -> ContractVersion:
    """The next version of the invoice's contract, taken up."""
    before = story.estate.contract.versions.order_by("-number")[0]
    with transaction.atomic():
        made = ContractVersion.objects.create(
            contract=story.estate.contract,
            number=before.number + 1,
            schema=schema,
            keys=before.keys,
            state=VersionState.PUBLISHED,
            content_hash=f"{before.number:064}",
        )
        take_up(made)
    catalogue.forget()
    return made


def sent(story: Story, numbers: range, **record: object) -> list[UUID]:
    ids = [answer.id for answer in story.send(*(paid(number, **record) for number in numbers))]
    carrying.carry()
    return ids


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    return tell_story(ordering="event.customer.id")


@pytest.fixture
def mara(story: Story) -> Access:
    return an_access(Role.OWNER, story.estate.team, name="Mara Lindqvist")


def test_after_a_rollback_all_of_it_is_delivered_once_and_in_order(
    story: Story, mara: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.transactions.releases.carry.CHUNK", 4)
    strict = published(story)
    ids = sent(story, range(1, 11))
    through = sent(story, range(11, 12), currency="EUR")
    assert set_aside_by(mara, strict) == ids
    published(story, dict(story.estate.contract_version.schema))
    sent(story, range(12, 14))  # what comes in meanwhile is no part of it

    made = release_all(mara, strict, "The version before holds again.")
    assert (made.total, Inbox.objects.count()) == (10, 4)
    assert progress(made).by_state == {ReleaseItemState.WAITING: 6, ReleaseItemState.RELEASED: 4}
    for _ in range(3):
        carrying.carry()
        carry(made.pk)
    made.refresh_from_db()
    assert (made.state, progress(made).passed) == ("done", 10)
    assert {carrying.the(one).state for one in [*ids, *through]} == {TransactionState.SUCCEEDED}
    numbers = [body["number"] for body in story.bodies("/ledger")]
    assert numbers == [f"INV-{number:04}" for number in [11, 12, 13, *range(1, 11)]]
    assert set_aside_by(mara, strict) == []
    kept = AuditRecord.objects.get(action="release.requested")
    assert (kept.details["items"], kept.details["version"], kept.reason) == (10, str(strict), made.reason)


def test_what_another_version_set_aside_is_no_part_of_it(story: Story, mara: Access) -> None:
    first = published(story)
    ids = sent(story, range(1, 3))
    second = published(story, {"type": "object", "required": ["vat"]})
    later = sent(story, range(3, 5))
    assert (set_aside_by(mara, first), set_aside_by(mara, second)) == (ids, later)


def test_what_breaks_what_holds_now_comes_back_and_says_so(story: Story, mara: Access) -> None:
    strict = published(story)
    ids = sent(story, range(1, 3))
    assert (trial_of(strict, ids).tried, trial_of(strict, ids).refused) == (2, 2)
    made = release_all(mara, strict, "Let us see.")
    carrying.carry()
    assert carry(made.pk)
    assert progress(made).by_state == {ReleaseItemState.ASIDE: 2}
    result = ReleaseItem.objects.filter(release=made).values_list("result", flat=True)[0]
    assert result.startswith("currency: ")
    assert set_aside_by(mara, strict) == ids


def test_sent_twice_it_is_one_and_somebody_elses_takes_nothing_twice(story: Story, mara: Access) -> None:
    strict = published(story)
    sent(story, range(1, 4))
    token = uuid4()
    made = release_all(mara, strict, "Once.", token=token)
    assert release_all(mara, strict, "Once.", token=token) == made
    with pytest.raises(Conflict, match="None of it is in quarantine"):
        release_all(mara, strict, "Twice.")
    assert Release.objects.count() == 1
    assert Inbox.objects.count() == 3


def test_a_form_that_is_sent_again_for_another_version_is_told_so_and_another_person_s_is_another(
    story: Story, mara: Access
) -> None:
    first = published(story)
    sent(story, range(1, 3))
    token = uuid4()
    made = release_all(mara, first, "Once.", token=token)
    second = published(story)
    sent(story, range(3, 5))
    waits = set_aside_by(mara, second)
    with pytest.raises(Conflict, match=f"has asked for release {made.pk} already, of other events"):
        release_all(mara, second, "Once.", token=token)
    assert set_aside_by(mara, second) == waits
    other = an_access(Role.OWNER, story.estate.team, name="Otto")
    assert release_all(other, second, "Mine.", token=token).total == len(waits)


def test_what_somebody_lets_out_meanwhile_is_left_out(
    story: Story, mara: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.transactions.releases.carry.CHUNK", 1)
    strict = published(story)
    ids = sent(story, range(1, 4))
    published(story, {"type": "object"})
    made = release_all(mara, strict, "All.")
    release(mara, ids[2], "This one first.")
    for _ in range(3):
        carrying.carry()
        carry_all_once()
    assert progress(made).by_state == {ReleaseItemState.PASSED: 2, ReleaseItemState.SKIPPED: 1}
    assert len(story.bodies("/ledger")) == 3


def carry_all_once() -> None:
    for pk in Release.objects.filter(state="running").values_list("pk", flat=True):
        carry(pk)


def test_stopped_the_rest_stays_in_quarantine(story: Story, mara: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.transactions.releases.carry.CHUNK", 1)
    strict = published(story)
    sent(story, range(1, 4))
    made = release_all(mara, strict, "All.")
    stop_release(mara, made.pk)
    carrying.carry()
    made.refresh_from_db()
    assert (made.state, progress(made).left_out) == ("stopped", 2)
    assert len(set_aside_by(mara, strict)) == 3  # the one that was judged again was set aside again
    with pytest.raises(Conflict, match="has ended already"):
        stop_release(mara, made.pk)


def test_the_task_goes_on_until_nothing_is_left(story: Story, mara: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.transactions.releases.carry.sleep", lambda _seconds: carrying.process())
    monkeypatch.setattr("controlplane.transactions.releases.carry.CHUNK", 2)
    strict = published(story)
    sent(story, range(1, 8))
    release_all(mara, strict, "All.")
    assert carry_all() == 0
    assert Release.objects.get().state == "done"


def test_who_may_not_is_told_and_others_see_nothing_of_it(story: Story) -> None:
    strict = published(story)
    (one,) = sent(story, range(1, 2))
    auditor = an_access(Role.AUDITOR)
    stranger = an_access(Role.OWNER, a_team("others"))
    with pytest.raises(NotAllowed):
        request_release(auditor, [one], "Please.")
    for person in (auditor, stranger):
        assert set_aside_by(person, strict) == []
    with pytest.raises(Conflict, match="nothing was changed"):
        request_release(stranger, [one], "Please.")
    with pytest.raises(Invalid, match="Say why"):
        request_release(stranger, [one], " ")


def test_the_size_of_a_part_is_what_the_statement_is_given() -> None:
    assert statements.CHUNK == 200
