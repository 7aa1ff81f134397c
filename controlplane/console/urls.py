"""The console's addresses."""

from django.urls import path

from controlplane.console import gallery, health, views
from controlplane.console.contracts import canarying as contract_canarying
from controlplane.console.contracts import confirming as contract_confirming
from controlplane.console.contracts import consumers as contract_consumers
from controlplane.console.contracts import differences as contract_differences
from controlplane.console.contracts import proposing as contract_proposing
from controlplane.console.contracts import sunsetting as contract_sunsetting
from controlplane.console.contracts import views as contracts
from controlplane.console.discovered import views as discovered
from controlplane.console.entities import views as entities
from controlplane.console.entries.proposing import propose_entry
from controlplane.console.estate import rest as estate
from controlplane.console.guides import views as guides
from controlplane.console.identities import acts as identity_acts
from controlplane.console.identities import views as identities
from controlplane.console.imports import views as imports
from controlplane.console.integrations import more, processes, settings, systems
from controlplane.console.integrations import views as integrations
from controlplane.console.interfaces import views as interfaces
from controlplane.console.map import views as the_map
from controlplane.console.map.rest import ImpactOf
from controlplane.console.notifications.views import notifications
from controlplane.console.overview.views import overview
from controlplane.console.own_settings import views as own_settings
from controlplane.console.ownership import views as ownership
from controlplane.console.palette.views import palette
from controlplane.console.policies import acts as policy_acts
from controlplane.console.policies import lists as policy_lists
from controlplane.console.policies import views as policies
from controlplane.console.promotion.views import promote
from controlplane.console.reference import document, page
from controlplane.console.welcome import views as welcome

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("look/", views.look, name="look"),
    path("environment/", views.environment, name="environment"),
    path("count/<slug:letter>/", views.count, name="count"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/<slug:slug>/", welcome.connected, name="welcome-to"),
    path("welcome/<slug:slug>/keys/", welcome.new_keys, name="welcome-keys"),
    path("welcome/<slug:slug>/test/", welcome.send_event, name="welcome-test"),
    path("overview/", overview, name="overview"),
    path("notifications/", notifications, name="notifications"),
    path("settings/", own_settings.settings_page, name="settings"),
    path("settings/password/", own_settings.password, name="password"),
    path("settings/sessions/end/", own_settings.end_sessions, name="end-sessions"),
    path("search/", palette, name="palette"),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/apis/", interfaces.interfaces, name="interfaces"),
    path("integrations/apis/import/", imports.upload, name="import-document"),
    path("integrations/apis/import/<uuid:identifier>/", imports.look, name="import"),
    path("integrations/apis/<slug:slug>/", interfaces.interface, name="interface"),
    path("integrations/discovered/", discovered.discovered, name="discovered"),
    path("integrations/discovered/<slug:kind>/<int:key>/", discovered.decide, name="discovery"),
    path("integrations/patterns/", guides.patterns, name="patterns"),
    path("integrations/map/", the_map.the_map, name="map"),
    path("integrations/map/impact.csv", the_map.impact_file, name="map-impact"),
    path("integrations/map/customers/", the_map.customers, name="map-customers"),
    path("data/ownership/", ownership.ownership, name="ownership"),
    path("data/ownership/export/", ownership.export, name="ownership-export"),
    path("data/ownership/cell/", ownership.decide_cell, name="ownership-cell"),
    path("data/ownership/terms/", ownership.decide_terms, name="ownership-terms"),
    path("data/ownership/enforcement/", ownership.decide_enforcement, name="ownership-enforcement"),
    path("data/contracts/", contracts.contracts, name="contracts"),
    path("data/contracts/<slug:slug>/", contracts.contract, name="contract"),
    path("data/contracts/<slug:slug>/propose/", contract_proposing.propose_version, name="contract-propose"),
    path("data/contracts/<slug:slug>/sunset/", contract_sunsetting.sunset, name="contract-sunset"),
    path("data/contracts/<slug:slug>/halt/", contract_canarying.halt_canary, name="contract-halt"),
    path("data/contracts/<slug:slug>/differences/", contract_differences.differences, name="contract-differences"),
    path("data/contracts/<slug:slug>/consumers/declare/", contract_consumers.declare, name="contract-declare"),
    path("data/contracts/<slug:slug>/consumers/<int:pk>/", contract_consumers.consumer, name="contract-consumer"),
    path("data/contracts/confirmations/<int:pk>/", contract_confirming.confirm, name="confirmation"),
    path("data/entities/", entities.entities, name="entities"),
    path("data/entities/<slug:slug>/", entities.entity, name="entity"),
    path("data/entities/<slug:slug>/revise/", entities.revise_entity, name="entity-revise"),
    path("integrations/<slug:slug>/decide/<slug:name>/", guides.decide, name="decide"),
    path("access/policies/", policy_lists.policies, name="policies"),
    path("access/policies/run/", policy_lists.run, name="run-policies"),
    path("access/policies/new/", policies.new, name="new-policy"),
    path("access/policies/<slug:slug>/", policies.policy, name="policy"),
    path("access/policies/<slug:slug>/edit/", policies.edit, name="edit-policy"),
    path("access/policies/<slug:slug>/exceptions/", policy_acts.make_exception, name="except-policy"),
    path("access/policies/<slug:slug>/waivers/", policy_acts.ask_waiver, name="ask-waiver"),
    path("access/waivers/<int:pk>/", policy_acts.decide_waiver, name="decide-waiver"),
    path("access/scorecards/", policy_lists.cards, name="scorecards"),
    path("data/identities/", identities.identities, name="identities"),
    path("data/identities/<uuid:identifier>/", identities.identity, name="identity"),
    path("data/identities/<uuid:identifier>/merge/", identity_acts.merge_page, name="identity-merge"),
    path("data/identities/<uuid:identifier>/split/", identity_acts.split_page, name="identity-split"),
    path("data/identities/changes/<int:pk>/undo/", identity_acts.undo_page, name="identity-undo"),
    path("integrations/systems/", systems.systems, name="systems"),
    path("integrations/systems/<slug:slug>/", systems.system, name="system"),
    path("integrations/systems/<slug:slug>/retire/", systems.retire, name="system-retire"),
    path("integrations/processes/", processes.processes, name="processes"),
    path("integrations/processes/<slug:slug>/", processes.process, name="process"),
    path("integrations/<slug:slug>/", integrations.integration, name="integration"),
    path("integrations/<slug:slug>/settings/", settings.settings, name="integration-settings"),
    path("integrations/<slug:slug>/timeline/", more.whole_timeline, name="integration-timeline"),
    path("integrations/<slug:slug>/against/<slug:other>/", more.comparison, name="integration-against"),
    path("integrations/<slug:slug>/promote/", promote, name="promote"),
    path("changes/new/<slug:kind>/", propose_entry, name="propose-entry"),
    path("access/audit/", views.audit_page, name="audit"),
    path("access/audit/check/", views.audit_check, name="audit-check"),
    path("api/v1/estate", estate.Estate.as_view(), name="estate"),
    path("api/v1/estate/plan", estate.EstatePlan.as_view(), name="estate-plan"),
    path("api/v1/estate/apply", estate.EstateApply.as_view(), name="estate-apply"),
    path("api/v1/estate/schema.json", estate.schema_json, name="estate-schema"),
    path("api/docs/", page.reference, name="reference"),
    path("api/v1/impact", ImpactOf.as_view()),
    path("api/v1/openapi.json", document.as_json, name="openapi-json"),
    path("api/v1/openapi.yaml", document.as_yaml, name="openapi-yaml"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("gallery/", gallery.gallery, name="gallery"),
]
