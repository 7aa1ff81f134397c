"""The addresses of changes in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.governance.rest import boards, changes

urlpatterns: list[URLPattern | URLResolver] = [
    path("changes", changes.Changes.as_view()),
    path("changes/<int:change_id>", changes.OneChange.as_view()),
    path("changes/<int:change_id>/revisions", changes.ChangeRevisions.as_view()),
    path("changes/<int:change_id>/votes", changes.ChangeVotes.as_view()),
    path("changes/<int:change_id>/submit", changes.ChangeSubmit.as_view()),
    path("changes/<int:change_id>/apply", changes.ChangeApply.as_view()),
    path("changes/<int:change_id>/checks", changes.ChangeChecks.as_view()),
    path("changes/<int:change_id>/withdraw", changes.ChangeWithdraw.as_view()),
    path("changes/<int:change_id>/rollback", changes.ChangeRollback.as_view()),
    path("changes/<int:change_id>/review", changes.ChangeReview.as_view()),
    path("changes/<int:change_id>/conditions/<int:condition_id>", changes.ConditionMet.as_view()),
    path("changes/<int:change_id>/comments", changes.ChangeComments.as_view()),
    path("changes/<int:change_id>/comments/<int:comment_id>/resolve", changes.CommentResolved.as_view()),
    path("changes/<int:change_id>/comments/<int:comment_id>/reopen", changes.CommentReopened.as_view()),
    path("change-kinds", boards.ChangeKinds.as_view()),
    path("boards", boards.Boards.as_view()),
    path("boards/<slug:board>", boards.OneBoard.as_view()),
    path("decisions", boards.Decisions.as_view()),
]
