"""The addresses of changes and boards."""

from datetime import date

from django.urls import path, register_converter
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.governance.views import boards, change, changes, minutes, parts


class DayConverter:
    """A day: 2026-11-24."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; an address with one that does not exist leads nowhere."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As it stands in an address."""
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "governance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("changes/", changes.change_list, name="changes"),
    path("changes/new/", changes.new_change, name="new"),
    path("changes/log/", changes.log, name="log"),
    path("changes/log.csv", changes.log_export, name="log-export"),
    path("changes/boards/", boards.board_list, name="boards"),
    path("changes/boards/<slug:slug>/", boards.board_page, name="board"),
    path("changes/board/<day:date>/", boards.meeting_page, name="meeting"),
    *(
        path(f"changes/board/<day:date>/minutes.{form}", minutes.minutes_file, {"form": form}, name=f"minutes-{form}")
        for form in minutes.FORMS
    ),
    path("changes/board/<day:date>/keep/", boards.meeting_act, name="meeting-act"),
    path("changes/<int:pk>/", change.change_page, name="change"),
    path("changes/<int:pk>/lines/", parts.lines_part, name="lines"),
    path("changes/<int:pk>/content/", parts.content_part, name="content"),
    path("changes/<int:pk>/findings/", parts.findings_part, name="findings"),
    path("changes/<int:pk>/vote/", change.vote_on, name="vote"),
    path("changes/<int:pk>/conditions/<int:condition>/", change.meet_condition, name="condition"),
    path("changes/<int:pk>/<slug:deed>/", change.act, name="act"),
]
