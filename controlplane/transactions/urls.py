"""The addresses of transactions."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.transactions.views import (
    causes,
    counting,
    dead_letters,
    deciding,
    destinations,
    detail,
    exporting,
    journey,
    letters,
    releasing,
    replays,
    search,
)

app_name = "transactions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tx/", search.search, name="search"),
    path("tx/newer/", search.newer, name="newer"),
    path("tx/counts/", counting.counts_part, name="counts"),
    path("tx/facets/", counting.facets_part, name="facets"),
    path("tx/export/", exporting.export, name="export"),
    path("tx/exports/", exporting.exports, name="exports"),
    path("tx/exports/<uuid:identifier>/", exporting.export_file, name="export-file"),
    path("tx/dead/", dead_letters.dead, name="dead"),
    path("tx/dead/replay/", replays.replay_selection, name="replay-selection"),
    path("tx/dead/drop/", dead_letters.drop_selection, name="drop-selection"),
    path("tx/dead/assign/", dead_letters.assign_selection, name="assign-selection"),
    path("tx/dead/<uuid:fingerprint>/", causes.cause, name="cause"),
    path("tx/dead/<uuid:fingerprint>/note/", causes.note, name="cause-note"),
    path("tx/dead/<uuid:fingerprint>/acknowledge/", causes.acknowledge_cause, name="cause-acknowledge"),
    path("tx/dead/<uuid:fingerprint>/snooze/", causes.snooze_cause, name="cause-snooze"),
    path("tx/dead/<uuid:fingerprint>/wake/", causes.wake_cause, name="cause-wake"),
    path("tx/dead/letters/<uuid:step_run_id>/", letters.letter, name="letter"),
    path("tx/dead/letters/<uuid:step_run_id>/note/", letters.note, name="letter-note"),
    path("tx/dead/letters/<uuid:step_run_id>/edit/", letters.edit, name="letter-edit"),
    path("tx/replays/", replays.replay_list, name="replays"),
    path("tx/replays/<int:pk>/", replays.replay_page, name="replay-page"),
    path("tx/replays/<int:pk>/stop/", replays.stop, name="stop-replay"),
    path("tx/replays/<int:pk>/decide/", deciding.decide, name="decide-replay"),
    path("tx/replays/<int:pk>/results.csv", deciding.results, name="replay-results"),
    path("tx/destinations/", destinations.destination_list, name="destinations"),
    path("tx/destinations/<slug:slug>/", destinations.destination_page, name="destination"),
    path("tx/destinations/<slug:slug>/pause/", destinations.pause_destination, name="pause-destination"),
    path("tx/destinations/<slug:slug>/resume/", destinations.resume_destination, name="resume-destination"),
    path("tx/destinations/<slug:slug>/limit/", destinations.limit_destination, name="limit-destination"),
    path("tx/<uuid:identifier>/", detail.transaction, name="detail"),
    path("tx/<uuid:identifier>/journey/", journey.journey_page, name="journey"),
    path("tx/<uuid:identifier>/replay/", replays.replay_transaction, name="replay"),
    path("tx/<uuid:identifier>/release/", releasing.release_transaction, name="release"),
]
