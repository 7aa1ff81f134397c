"""Two levels of access: the catalogue is open, everything else is read through a scoped queryset (invariant 10)."""

from __future__ import annotations

from django.apps import apps

from controlplane.people.scoping import scoped_models

#: Open to every signed-in person of the company: names, owners, contracts, health.
CATALOGUE = {
    "inventory",
    "contracts",
    "people",
    "audit",  # its page asks for the right to see all of it
    "governance.Policy",
    "governance.PolicyVersion",
    "governance.PolicyOverride",
    "governance.Waiver",  # whom a rule is not held against is everybody's to know
    "governance.Finding",
    "governance.PolicyRun",
    "governance.ScoreDay",
    "credentials",  # references only; their page comes with its own scope
    "governance.Board",
    "governance.BoardMember",
    "governance.Meeting",
    "transactions.Endpoint",
    "transactions.Refusal",
    "transactions.Mapping",
    "transactions.MappingVersion",
    "transactions.Normalisation",
    "transactions.Destination",
    "transactions.DestinationState",
    "transactions.Flow",
    "transactions.FlowVersion",
    "transactions.Route",
    "transactions.SeenType",  # names of types and fields, never a value
    "transactions.SeenField",
    "transactions.UsualForm",
    "transactions.Drift",  # the same, with the ids of transactions, which are scoped themselves
    "transactions.TrafficHour",  # how many, how well and how fast: health
}
#: Reached only from a scoped row, by its id, never listed by themselves.
REACHED = {
    "governance.Revision",
    "governance.RevisionAuthor",
    "governance.Check",
    "governance.Comment",
    "governance.Resolution",
    "governance.Vote",
    "governance.Condition",
    "governance.Decision",
    "governance.AgendaItem",
    "transactions.TransactionKey",
    "transactions.Payload",
    "transactions.PayloadSubject",
    "transactions.Trace",
    "transactions.Dedupe",
    "transactions.Inbox",
    "transactions.Repeat",
    "transactions.StepRun",
    "transactions.Attempt",
    "transactions.StepQueue",
    "transactions.LookUpAnswer",
    "transactions.Written",
    "transactions.ReplayItem",
    "transactions.ReleaseItem",
    "transactions.Export",  # one person's, not a team's: read with Export.objects.of(person)
    "transactions.SavedView",  # one person's, or a team's by name: read with SavedView.objects.of(access)
    "sync.SyncPage",
    "sync.SyncRecord",
}


def test_every_model_of_ours_is_scoped_or_says_why_not() -> None:
    scoped = {model._meta.label for model in scoped_models()}
    undecided = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("controlplane.")
        if model._meta.label not in scoped | CATALOGUE | REACHED and model._meta.app_label not in CATALOGUE
    }
    assert undecided == set()


def test_what_is_scoped_is_what_must_be() -> None:
    assert {model._meta.label for model in scoped_models()} == {
        "governance.ChangeRequest",
        "transactions.Transaction",
        "transactions.Cause",
        "transactions.DeadLetter",
        "transactions.DeedEntry",
        "transactions.ObservedBreak",
        "transactions.OwnershipBreach",
        "transactions.Release",
        "transactions.Replay",
        "sync.SyncException",
        "sync.SyncJob",
        "sync.SyncRun",
    }
