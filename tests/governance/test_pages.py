"""The pages of changes: what waits for me, what I may decide and why not, boards, meetings, the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.governance.boards.convene import add_point, keep_minutes, plan_meeting
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.propose import Emergency
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.vote import Asked
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Comment, Condition, Meeting, Vote
from controlplane.people.access import Access
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.governance.board import Company
from tests.transactions.factories import an_access

SignedIn = Callable[[Access], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """A browser in which somebody is signed in."""

    def sign_in(access: Access) -> Client:
        client = Client()
        client.force_login(Account.objects.get(pk=access.account_id))
        return client

    return sign_in


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def sent(client: Client, address: str, status: int = 302, **said: Any) -> str:
    answer = client.post(address, urlencode(said), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def voting(change: ChangeRequest, choice: str = "approve", words: str = "Fine.", **more: Any) -> dict[str, Any]:
    now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
    return {"revision": now.number, "content_hash": now.content_hash, "choice": choice, "words": words} | more


def test_what_waits_for_me_comes_first_and_is_counted_in_the_frame(company: Company, signed_in: SignedIn) -> None:
    company.proposed("Invoicing")
    company.proposed("Dunning", by=company.elif_)
    jonas = signed_in(company.jonas)
    shown = page(jonas, "/changes/?waiting=me")
    assert "Call it Invoicing" in shown
    assert "Call it Dunning" in shown
    assert '2<span class="sr"> changes wait for you' in shown.replace("&nbsp;", " ")
    mine = page(signed_in(company.mara), "/changes/?waiting=me")
    assert "Nothing waits for you" in mine
    assert "Call it Invoicing" in page(signed_in(company.mara), "/changes/")


def test_lists_are_narrowed_by_state_risk_kind_and_words(company: Company, signed_in: SignedIn) -> None:
    change = company.approved("Invoicing")
    apply(company.mara, change.pk)
    company.proposed("Dunning")
    mara = signed_in(company.mara)
    assert "Call it Invoicing" not in page(mara, "/changes/")
    assert "Call it Invoicing" in page(mara, "/changes/?show=applied")
    assert "Call it Dunning" in page(mara, "/changes/?risk=risky&kind=team_name&q=dunn")
    assert "No other change is like that" in page(mara, "/changes/?risk=breaking")
    assert f"CC-{change.pk}" in page(mara, f"/changes/?show=all&q=CC-{change.pk}")


def test_a_member_reads_and_votes_and_the_page_says_what_came_of_it(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed()
    jonas = signed_in(company.jonas)
    shown = page(jonas, f"/changes/{change.pk}/")
    for words in (
        "Waits for 2 votes; an approval from security",
        "Nobody finds us.",
        "<del>Billing</del> <ins>Invoicing</ins> Reports that name it stop finding it.",
        "1 risky",
        "One report names this team.",
        "The name is free",
        "Approve v1",
    ):
        assert words in shown
    sent(jonas, f"/changes/{change.pk}/vote/", **voting(change))
    assert "You have voted on this version already" in page(jonas, f"/changes/{change.pk}/")
    sent(signed_in(company.priya), f"/changes/{change.pk}/vote/", **voting(change))
    mara = signed_in(company.mara)
    assert "The approval holds until" in page(mara, f"/changes/{change.pk}/")
    sent(mara, f"/changes/{change.pk}/apply/")
    assert "Roll back…" in page(mara, f"/changes/{change.pk}/")
    assert Team.objects.get(pk=company.team.pk).name == "Invoicing"


def test_who_wrote_it_reads_why_they_do_not_decide_and_is_refused(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed()
    mara = signed_in(company.mara)
    BoardMember.objects.create(board=company.board, person_id=company.mara.person_id, role="security")
    assert "You wrote a revision of this change, so others decide on it" in page(mara, f"/changes/{change.pk}/")
    refused = sent(mara, f"/changes/{change.pk}/vote/", 403, **voting(change))
    assert "Your vote was not taken" in refused
    assert Vote.objects.count() == 0


def test_a_form_of_an_older_version_is_refused_and_keeps_what_was_typed(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed()
    old = voting(change, words="It reads well.")
    revise(company.mara, change.pk, {"name": "Receivables"}, after=1)
    jonas = signed_in(company.jonas)
    refused = sent(jonas, f"/changes/{change.pk}/vote/", 409, **old)
    assert "Version 2 arrived" in refused
    assert "It reads well." in refused
    assert Vote.objects.count() == 0
    assert "Version 2 arrived." in page(jonas, f"/changes/{change.pk}/?v=1")
    assert "Approve v1" not in page(jonas, f"/changes/{change.pk}/?v=1")
    page(jonas, f"/changes/{change.pk}/?v=7", 404)


def test_the_part_that_follows_is_fetched_alone(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed()
    answer = signed_in(company.ana).get(f"/changes/{change.pk}/?v=1", headers={"HX-Target": "standing"})
    assert answer.content.decode().startswith('<div class="stack"')
    assert "Approvals" in answer.content.decode()


def test_a_vote_with_a_condition_and_its_evidence(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed()
    sent(signed_in(company.priya), f"/changes/{change.pk}/vote/", **voting(change, condition="Tell the auditors."))
    sent(signed_in(company.jonas), f"/changes/{change.pk}/vote/", **voting(change))
    condition = Condition.objects.get()
    mara = signed_in(company.mara)
    assert "Conditions are to be met before: Tell the auditors." in page(mara, f"/changes/{change.pk}/")
    refused = sent(mara, f"/changes/{change.pk}/conditions/{condition.pk}/", 403, words="done")
    assert "somebody else confirms" in refused
    sent(signed_in(company.ana), f"/changes/{change.pk}/conditions/{condition.pk}/", words="Mail of 3 May.")
    assert "Mail of 3 May." in page(mara, f"/changes/{change.pk}/")
    sent(mara, f"/changes/{change.pk}/conditions/999/", 404, words="x")


DEEDS = ("comment", "withdraw", "rollback", "review")


@pytest.mark.parametrize("deed", DEEDS)
def test_words_are_asked_for_where_they_are_needed(company: Company, signed_in: SignedIn, deed: str) -> None:
    change = company.proposed()
    sent(signed_in(company.mara), f"/changes/{change.pk}/{deed}/", 422, words="")
    assert ChangeRequest.objects.get(pk=change.pk).state == "proposed"


def test_comments_withdrawal_rollback_and_review_on_the_page(company: Company, signed_in: SignedIn) -> None:
    mara, ana = signed_in(company.mara), signed_in(company.ana)
    change = company.proposed(emergency=Emergency(timedelta(hours=2)))
    sent(ana, f"/changes/{change.pk}/comment/", words="Does support know?")
    company.votes(company.jonas, change)
    sent(mara, f"/changes/{change.pk}/apply/")
    sent(ana, f"/changes/{change.pk}/review/", words="It was right.")
    shown = page(ana, f"/changes/{change.pk}/")
    assert "Does support know?" in shown
    assert "It was right." in shown
    sent(mara, f"/changes/{change.pk}/rollback/", words="Reports broke.", answers_for="INC-207, INC-208")
    back = ChangeRequest.objects.get(rolls_back=change)
    assert back.answers_for == ["INC-207", "INC-208"]
    assert "for INC-207, INC-208" in page(ana, f"/changes/{back.pk}/")
    sent(mara, f"/changes/{back.pk}/check/")
    sent(mara, f"/changes/{back.pk}/withdraw/", words="They were mended.")
    sent(mara, f"/changes/{back.pk}/nothing/", 404)
    assert "is withdrawn, so this cannot be done any more" in sent(mara, f"/changes/{back.pk}/submit/", 409)


def test_a_change_of_others_looks_like_a_missing_one(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed(kind="team_name_at_once")
    stranger = signed_in(an_access(Role.OWNER, Team.objects.create(slug="sales", name="Sales")))
    page(stranger, f"/changes/{change.pk}/", 404)
    page(stranger, "/changes/999999/", 404)
    sent(stranger, f"/changes/{change.pk}/comment/", 404, words="x")


def test_an_operator_makes_a_board_on_the_page_and_gives_it_members(company: Company, signed_in: SignedIn) -> None:
    oskar = signed_in(an_access(Role.OPERATOR, name="Oskar Lind"))
    rules: dict[str, Any] = {"name": "Security", "kinds": "*", "quorum": 1, "emergency_quorum": 1, "approval_days": 7}
    sent(oskar, "/changes/boards/", slug="security", **rules, required_roles="chair, legal")
    assert Board.objects.get(slug="security").required_roles == ["chair", "legal"]
    assert "There is a board" in sent(oskar, "/changes/boards/", 409, slug="security", **rules)
    sent(oskar, "/changes/boards/", 422, slug="x y", **rules)
    sent(oskar, "/changes/boards/security/", does="seat", person=company.ana.person_id, role="chair")
    sent(oskar, "/changes/boards/security/", does="rules", **(rules | {"quorum": 3}))
    shown = page(oskar, "/changes/boards/security/")
    assert "Ana Costa" in shown
    assert "quorum 3 of 1" in shown
    ana = signed_in(company.ana)
    sent(ana, "/changes/boards/security/", 403, does="seat", person=company.ana.person_id, role="x")
    sent(ana, "/changes/boards/security/", does="deputy", deputy=company.jonas.person_id)
    sent(signed_in(company.mara), "/changes/boards/security/", 403, does="deputy", deputy=company.jonas.person_id)
    sent(oskar, "/changes/boards/security/", does="unseat", person=company.ana.person_id)
    assert "Nobody has a seat yet" in page(oskar, "/changes/boards/security/")
    page(oskar, "/changes/boards/nowhere/", 404)
    assert "Platform operator makes boards" in page(ana, "/changes/boards/")


def test_a_meeting_is_planned_with_its_agenda_and_minutes_and_shows_decisions(
    company: Company, signed_in: SignedIn
) -> None:
    company.approved("Dunning")
    change = company.proposed()
    day = (clock.now() + timedelta(days=1)).astimezone(clock.zone()).date()
    jonas = signed_in(company.jonas)
    sent(jonas, "/changes/boards/integration/", does="meeting", date=day, begins_at="11:00", place="Semmering")
    sent(jonas, "/changes/boards/integration/", 409, does="meeting", date=day)
    address = f"/changes/board/{day}/"
    sent(jonas, f"{address}keep/", title="How was October?")
    sent(jonas, f"{address}keep/", change=change.pk)
    assert "is on the agenda already" in sent(jonas, f"{address}keep/", 409, change=change.pk)
    sent(jonas, f"{address}keep/", 422, title="")
    sent(jonas, f"{address}keep/", minutes="October was well.")
    shown = page(jonas, address)
    for words in ("How was October?", "Call it Invoicing", "October was well.", "2 items, 10 min, 1 to decide", "D-"):
        assert words in shown
    mara = signed_in(company.mara)
    assert "Put on the agenda" not in page(mara, address)
    sent(mara, f"{address}keep/", 403, minutes="I decide.")
    page(jonas, "/changes/board/2001-01-01/", 404)
    page(jonas, "/changes/board/2001-02-30/", 404)
    assert Meeting.objects.count() == 1


def test_the_log_leaves_as_a_table_that_no_spreadsheet_runs(company: Company, signed_in: SignedIn) -> None:
    ana = signed_in(company.ana)
    assert "Nothing was decided yet" in page(ana, "/changes/log/")
    change = company.proposed("=cmd()")
    company.votes(company.priya, change, conditions=[Asked("Later.", before=False)])
    company.votes(company.jonas, change, words="=1+1")
    shown = page(ana, "/changes/log/?board=integration")
    assert "With a condition" in shown
    assert "Not applied yet. 1 condition open." in shown
    answer = ana.get("/changes/log.csv")
    table = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in table
    assert f"CC-{change.pk}" in table


def test_what_can_be_proposed_is_listed_with_the_missing_board(company: Company, signed_in: SignedIn) -> None:
    assert "Team name" in page(signed_in(company.mara), "/changes/new/")
    BoardMember.objects.all().delete()
    Board.objects.all().delete()
    assert "No board decides yet." in page(signed_in(company.mara), "/changes/new/")


def test_meetings_of_two_boards_on_a_day_lead_to_each_other(company: Company, signed_in: SignedIn) -> None:
    other = Board.objects.create(slug="other", name="Other board", kinds=["*"])
    day = clock.now().date()
    plan_meeting(company.jonas, company.board, day)
    plan_meeting(an_access(Role.OPERATOR), other, day)
    shown = page(signed_in(company.ana), f"/changes/board/{day}/?board=other")
    assert "Integration board, the same day" in shown


def test_the_minutes_leave_as_markdown_csv_and_json(company: Company, signed_in: SignedIn) -> None:
    day = clock.now().astimezone(clock.zone()).date()
    meeting = plan_meeting(company.jonas, company.board, day, place="Room *A*")
    change = company.proposed("=cmd()")
    add_point(company.jonas, meeting, change_id=change.pk)
    add_point(company.jonas, meeting, title="How was October?")
    keep_minutes(company.jonas, meeting, "October was well.")
    company.votes(company.priya, change, words="=1+1")
    company.votes(company.jonas, change, words="It reads well.")
    ana, address = signed_in(company.ana), f"/changes/board/{day}/minutes"
    shown = page(ana, f"/changes/board/{day}/")
    assert f'href="{address}.md?board=integration"' in shown
    told = ana.get(f"{address}.json?board=integration").json()
    assert told["minutes"] == "October was well."
    assert [(one["title"], one["outcome"]) for one in told["agenda"]] == [
        ("Call it =cmd()", "Approved"),
        ("How was October?", ""),
    ]
    text = page(ana, f"{address}.md")
    assert "# Integration board" in text
    assert f"1. **{change.reference} Call it =cmd()**" in text
    assert ": Approved, 2 for, 0 against, 0 abstained. It reads well." in text
    assert text.endswith("## Minutes\n\nOctober was well.\n")
    table = ana.get(f"{address}.csv")
    assert table["Content-Disposition"] == f'attachment; filename="integration-{day}.csv"'
    assert f"1,{change.reference},Call it =cmd(),Nobody finds us.,Mara Lindqvist,Approved,D-" in table.content.decode()
    assert AuditRecord.objects.filter(action="meeting.exported").count() == 3
    page(ana, "/changes/board/2001-01-01/minutes.csv", 404)
    page(ana, f"{address}.csv?board=nobody", 404)


# -- lines and places ------------------------------------------------------------------------------------


def test_a_small_document_stands_on_the_page_and_a_large_one_comes_in_parts(
    company: Company, signed_in: SignedIn
) -> None:
    ana = signed_in(company.ana)
    small = company.proposed(documents=[{"vat": 1}, {"vat": 2}])
    shown = page(ana, f"/changes/{small.pk}/")
    assert "what it is called → what is proposed" in shown
    assert "1 line added, 1 removed" in shown
    large = company.proposed("Long", documents=[{}, {f"field_{number:05}": number for number in range(3_000)}])
    shown = page(ana, f"/changes/{large.pk}/")
    assert "field_00000" not in shown
    assert f'href="/changes/{large.pk}/?v=1&amp;lines=1#document"' in shown
    part = page(ana, f"/changes/{large.pk}/lines/?v=1&lines=4")
    assert "Lines 1,001 to 1,500 of 3,004" in part
    assert "Lines 2,001 to 2,500 of 3,004" in part
    assert "Lines 1,001" not in page(ana, f"/changes/{large.pk}/lines/?v=1&lines=4&only=later")
    assert 'aria-current="true"' in page(ana, f"/changes/{large.pk}/lines/?v=1&at=/field_02000")
    assert "there is no part 8" in page(ana, f"/changes/{large.pk}/lines/?v=1&lines=8", 404)
    page(ana, f"/changes/{company.proposed('Dunning').pk}/lines/", 404)
    assert "field_00100" in page(ana, f"/changes/{large.pk}/?v=1&content=1")
    assert "field_00100" in page(ana, f"/changes/{large.pk}/content/?v=1")


def test_something_is_said_at_a_place_on_the_page_and_settled(company: Company, signed_in: SignedIn) -> None:
    change = company.proposed(documents=[{"vat": 1}, {"vat": 2}])
    ana, mara = signed_in(company.ana), signed_in(company.mara)
    address = f"/changes/{change.pk}/"
    assert "Comment on line 2" in page(ana, f"{address}?v=1&at=L2")
    answer = ana.post(f"{address}say/", {"words": "Why two?", "at": "L2", "revision": 1})
    assert answer["Location"] == f"{address}?v=1&at=L2#L2"
    shown = page(mara, address)
    assert shown.count("Why two?</p>") == 2
    assert "1, 1 at a place and open" in shown
    refused = ana.post(f"{address}say/", {"words": "And this?", "at": "L99", "revision": 1})
    assert refused.status_code == 422
    assert "Version 1 changes nothing at line 99; nothing was kept." in refused.content.decode()
    said = Comment.objects.get()
    sent(signed_in(company.jonas), f"{address}resolve/", 403, comment=said.pk)
    sent(mara, f"{address}resolve/", comment=said.pk)
    assert 'title="Says Mara Lindqvist">Resolved' in page(ana, address)
    sent(ana, f"{address}reopen/", comment=said.pk)
    sent(ana, f"{address}reopen/", 422, comment="x")
    revise(company.mara, change.pk, {"name": "Invoicing", "documents": [{"vat": 1}, {"vat": 3}]}, after=1)
    assert "said about" in page(ana, address)


def test_more_differences_than_a_page_shows_are_reached(
    company: Company, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.governance.views.findings.AT_ONCE", 1)
    change, ana = company.proposed(), signed_in(company.ana)
    shown = page(ana, f"/changes/{change.pk}/")
    assert "2 changes, worst first" in shown
    assert "Nobody looks at it." not in shown
    assert f'href="/changes/{change.pk}/?v=1&amp;findings=2#changes"' in shown
    assert "Nobody looks at it." in page(ana, f"/changes/{change.pk}/?v=1&findings=2")
    assert "Nobody looks at it." in page(ana, f"/changes/{change.pk}/findings/?v=1&findings=2")
    assert "Nobody looks at it." in page(ana, f"/changes/{change.pk}/?v=1&at=F2")
    page(ana, f"/changes/{change.pk}/?v=1&findings=3", 404)
