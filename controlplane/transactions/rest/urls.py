"""The addresses of transactions in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.transactions.rest import dead_letters, destinations, letters, replays, saved_views, transactions

urlpatterns: list[URLPattern | URLResolver] = [
    path("transactions", transactions.Transactions.as_view()),
    path("transactions/search", transactions.TransactionSearch.as_view()),
    path("transactions/facets", transactions.TransactionFacets.as_view()),
    path("transactions/<uuid:identifier>", transactions.OneTransaction.as_view()),
    path("transactions/<uuid:identifier>/bodies", transactions.TransactionBodies.as_view()),
    path("transactions/<uuid:identifier>/steps/<str:name>/bodies", transactions.StepBodies.as_view()),
    path("transactions/<uuid:identifier>/steps/<str:name>/attempts", transactions.StepAttempts.as_view()),
    path("transactions/<uuid:identifier>/journey", transactions.TransactionJourney.as_view()),
    path("transactions/<uuid:identifier>/release", transactions.TransactionRelease.as_view()),
    path("dead-letters/causes", dead_letters.Causes.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>", dead_letters.OneCause.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>/letters", dead_letters.CauseLetters.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>/acknowledge", dead_letters.CauseAcknowledge.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>/snooze", dead_letters.CauseSnooze.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>/wake", dead_letters.CauseWake.as_view()),
    path("dead-letters/causes/<uuid:fingerprint>/notes", dead_letters.CauseNotes.as_view()),
    path("dead-letters/assignees", dead_letters.Assignees.as_view()),
    path("dead-letters/assign", dead_letters.Assignments.as_view()),
    path("dead-letters/close", dead_letters.Closings.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>", letters.OneLetter.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>/notes", letters.LetterNotes.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>/retry", letters.LetterRetry.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>/draft", letters.LetterDraft.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>/compare", letters.LetterCompare.as_view()),
    path("dead-letters/letters/<uuid:step_run_id>/edit", letters.LetterEdit.as_view()),
    path("replays", replays.Replays.as_view()),
    path("replays/plan", replays.ReplayPlans.as_view()),
    path("replays/<int:replay_id>", replays.OneReplay.as_view()),
    path("replays/<int:replay_id>/items", replays.ReplayItems.as_view()),
    path("replays/<int:replay_id>/results.csv", replays.ReplayResults.as_view(), name="api-replay-results"),
    path("replays/<int:replay_id>/approve", replays.ReplayApprove.as_view()),
    path("replays/<int:replay_id>/decline", replays.ReplayDecline.as_view()),
    path("replays/<int:replay_id>/stop", replays.ReplayStop.as_view()),
    path("saved-views", saved_views.SavedViews.as_view()),
    path("saved-views/<int:view_id>", saved_views.OneSavedView.as_view()),
    path("destinations", destinations.Destinations.as_view()),
    path("destinations/<slug:slug>", destinations.OneDestination.as_view()),
    path("destinations/<slug:slug>/pause", destinations.DestinationPause.as_view()),
    path("destinations/<slug:slug>/resume", destinations.DestinationResume.as_view()),
    path("destinations/<slug:slug>/limit", destinations.DestinationLimit.as_view()),
]
