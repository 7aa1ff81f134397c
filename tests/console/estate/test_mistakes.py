"""Each kind of mistake gives a sentence that says where it is and what may have been meant; nothing is changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.console.estate.conftest import ApplyIt, changed, complaint, small

STEP = "flows.tell.steps.0"

#: What is put where → what is said.
MISTAKES: dict[str, tuple[str, Any, str]] = {
    "unknown section": ("flow", {}, "There is no section 'flow'; did you mean 'flows'?"),
    "section that is a list": ("teams", ["finance"], "teams: give each entry a name of its own; found a list."),
    "entry that is text": ("teams.finance", "Finance", "teams.finance: expected names with values, found text."),
    "unknown field": (
        "teams.finance.nmae",
        "Finance",
        "teams.finance: there is no field 'nmae'; did you mean 'name'?",
    ),
    "needed field": ("interfaces.webhooks.instance", "", "interfaces.webhooks needs 'instance'."),
    "number for text": (
        "teams.finance.name",
        7,
        "teams.finance.name: expected text, found a whole number; put it in quotes.",
    ),
    "truth for text": (
        "systems.billing.monogram",
        False,
        "systems.billing.monogram: expected text, found true or false; put it in quotes.",
    ),
    "truth for a number": (
        "systems.billing.hue",
        True,
        "systems.billing.hue: expected a whole number, found true or false.",
    ),
    "text for truth": (
        "endpoints.billing.active",
        "no",
        "endpoints.billing.active: expected true or false, found text.",
    ),
    "nothing for text": ("teams.finance.name", None, "teams.finance.name: expected text, found nothing."),
    "date": (
        "instances.billing.settings",
        {"since": dt.date(2026, 11, 21)},
        "instances.billing.settings.since: a date like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "moment at the end of the calendar": (
        "credentials.billing.expires_at",
        "9999-12-31T23:59:59-05:00",
        (
            "credentials.billing.expires_at: '9999-12-31T23:59:59-05:00' is in no year that can be kept; "
            "leave it out for what never expires."
        ),
    ),
    "not a number": (
        "instances.billing.settings",
        {"rate": float("nan")},
        "instances.billing.settings.rate: a number like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "huge number": (
        "instances.billing.settings",
        {"limits": [1, 2**70]},
        (
            "instances.billing.settings.limits.2: a whole number like this cannot be kept; "
            "put it in quotes if it is meant as text."
        ),
    ),
    "text with a zero": (
        "teams.finance.name",
        "a\x00b",
        "teams.finance.name: text like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "half of a pair": (
        "teams.finance.name",
        "a\ud800b",
        "teams.finance.name: text like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "slug that YAML took for truth": ("teams", {True: {}}, "teams: a name is text; put True in quotes."),
    "slug with a space": ("teams", {"of finance": {}}, "teams.of finance.slug: Enter a valid “slug”"),
    "name that is too long": ("teams.finance.name", "x" * 500, "teams.finance.name: Ensure this value has at most"),
    "hue below zero": ("systems.billing.hue", -1, "systems.billing.hue: Ensure this value is greater than or equal"),
    "unknown connector": (
        "systems.billing.connector",
        "stirpe",
        "systems.billing.connector: there is no 'stirpe'; did you mean 'stripe'?",
    ),
    "connector far from any": (
        "systems.billing.connector",
        "mainframe",
        (
            "systems.billing.connector: there is no 'mainframe'; "
            "there are: amqp, kafka, nats, redis_streams, stripe, tryton, webhook."
        ),
    ),
    "unknown system": (
        "instances.billing.system",
        "biling",
        "instances.billing.system: there is no 'biling'; did you mean 'billing'?",
    ),
    "unknown environment": (
        "instances.billing.environment",
        "staging",
        "instances.billing.environment: there is no 'staging'; there are: production.",
    ),
    "company where there is none": (
        "integrations.invoices.company",
        "acme",
        "integrations.invoices.company: there is no 'acme'; there are none yet.",
    ),
    "unknown kind of interface": (
        "interfaces.webhooks.kind",
        "webhok",
        "interfaces.webhooks.kind: there is no 'webhok'; did you mean 'webhook'?",
    ),
    "unknown stage": (
        "integrations.invoices.stage",
        "alive",
        "integrations.invoices.stage: there is no 'alive'; did you mean 'live'?",
    ),
    "user in an address": (
        "instances.billing.base_url",
        "https://user:hunter2@billing.example",
        "instances.billing.base_url: a user and a password do not belong here; give references under credentials.",
    ),
    "no address": (
        "instances.billing.base_url",
        "https://[::1",
        "instances.billing.base_url: this is not an address such as https://erp.example.",
    ),
    "secret among settings": (
        "instances.billing.settings",
        {"api_key": "sk_live_hunter2"},
        "instances.billing.settings: 'api_key' looks like a secret; give a reference to it under credentials.",
    ),
    "secret header among settings": (
        "instances.listener.settings",
        {"headers": {"Authorization": "Bearer hunter2"}},
        "instances.listener.settings: 'Authorization' looks like a secret; give a reference to it under credentials.",
    ),
    "value for a reference": (
        "credentials.billing.references.api_key",
        "sk_live_hunter2",
        (
            "credentials.billing.references.api_key: A secret is given as a reference, such as "
            "vault://kv/erp#password, env://NAME or file://name; the value itself is never entered here."
        ),
    ),
    "reference without a field": (
        "credentials.billing.references.api_key",
        "vault://kv/stripe",
        (
            "credentials.billing.references.api_key: A vault reference names mount, path and field: "
            "vault://mount/path#field."
        ),
    ),
    "reference to ourselves": (
        "credentials.billing.references.api_key",
        "env://DATABASE_URL",
        (
            "credentials.billing.references.api_key: env://DATABASE_URL configures Interlock itself; "
            "give the credential a variable of its own."
        ),
    ),
    "reference under a wrong name": (
        "credentials.billing.references",
        {"api_key": "env://KEY", "apikey": "env://KEY"},
        "credentials.billing.references: there is no 'apikey'; did you mean 'api_key'?",
    ),
    "reference that is missing": (
        "credentials.billing.references",
        {},
        "credentials.billing.references: Stripe needs 'api_key'.",
    ),
    "value among an endpoint's secrets": (
        "endpoints.billing.secrets",
        ["env://WEBHOOK_SECRET", "whsec_hunter2"],
        (
            "endpoints.billing.secrets.2: A secret is given as a reference, such as vault://kv/erp#password, "
            "env://NAME or file://name; the value itself is never entered here."
        ),
    ),
    "number among an endpoint's secrets": (
        "endpoints.billing.secrets",
        [1234],
        "endpoints.billing.secrets.1: a reference is text.",
    ),
    "endpoint without a secret": (
        "endpoints.billing.secrets",
        [],
        "endpoints.billing.secrets: the scheme 'stripe' proves nothing without a secret; give a reference to it.",
    ),
    "unknown scheme": (
        "endpoints.billing.scheme",
        "strip",
        "endpoints.billing.scheme: there is no 'strip'; did you mean 'stripe'?",
    ),
    "unknown setting of a scheme": (
        "endpoints.billing.scheme_settings",
        {"tolerence": 300},
        "endpoints.billing.scheme_settings: there is no 'tolerence'; did you mean 'tolerance'?",
    ),
    "proxies that an endpoint would trust": (
        "endpoints.billing",
        {
            "integration": "invoices",
            "interface": "webhooks",
            "scheme": "mtls",
            "scheme_settings": {"allowed": ["aa"], "trusted_proxies": ["0.0.0.0/0"]},
        },
        "endpoints.billing.scheme_settings: trusted_proxies are the operator's to say: INTERLOCK_TRUSTED_PROXIES.",
    ),
    "retention that is not for bodies": (
        "endpoints.billing.retention",
        "pinned",
        "endpoints.billing.retention: there is no 'pinned'; there are: long, short, standard.",
    ),
    "unknown answer to broken bodies": (
        "endpoints.billing.on_broken",
        "refused",
        "endpoints.billing.on_broken: there is no 'refused'; did you mean 'refuse'?",
    ),
    "pointer without a slash": (
        "endpoints.billing.drop_fields",
        ["card.number"],
        "endpoints.billing.drop_fields: A JSON Pointer begins with a slash; 'card.number' does not.",
    ),
    "pointer that is a number": (
        "contracts.invoice.personal",
        [1],
        "contracts.invoice.personal: a JSON Pointer is text such as /customer/email, not 1.",
    ),
    "no rate": (
        "endpoints.billing.rate_per_second",
        0,
        "endpoints.billing.rate_per_second: expected more than zero.",
    ),
    "packed or not": (
        "endpoints.billing.takes_gzip",
        "yes",
        "endpoints.billing.takes_gzip: expected true or false, found text.",
    ),
    "body of no size": ("endpoints.billing.max_body", 0, "endpoints.billing.max_body: expected more than zero."),
    "event id that is no expression": (
        "endpoints.billing.event_id",
        "event.",
        "endpoints.billing.event_id: This is not an expression: ",
    ),
    "schema that is none": (
        "contracts.invoice.schema",
        {"type": "objekt"},
        'contracts.invoice.schema: this is no JSON Schema: "objekt" is not valid under any of the schemas',
    ),
    "schema from elsewhere": (
        "contracts.invoice.schema",
        {"$ref": "https://schemas.example/invoice"},
        "contracts.invoice.schema: this is no JSON Schema: Resource 'https://schemas.example/invoice' is not present",
    ),
    "key of an unknown kind": (
        "contracts.invoice.keys",
        {"invoce": "record.id"},
        "contracts.invoice.keys: there is no 'invoce'; did you mean 'invoice'?",
    ),
    "key that is no expression": (
        "contracts.invoice.keys",
        {"invoice": "record..id"},
        "contracts.invoice.keys.invoice: This is not an expression: ",
    ),
    "unknown enforcement": (
        "contracts.invoice.enforcement",
        "observed",
        "contracts.invoice.enforcement: there is no 'observed'; did you mean 'observe'?",
    ),
    "mapping line that is no expression": (
        "mappings.canonical.lines",
        {"customer.id": "record.("},
        "mappings.canonical.lines.customer.id: This is not an expression: ",
    ),
    "mapping line that is a number": (
        "mappings.canonical.lines",
        {"number": 1},
        "mappings.canonical.lines.number: expected text, found a whole number; put it in quotes.",
    ),
    "mapping target that is none": (
        "mappings.canonical.lines",
        {"customer..id": "record.id"},
        "mappings.canonical.lines: A mapping's target is a name or a dotted path of names, not 'customer..id'.",
    ),
    "credential of another instance": (
        "destinations.listener.credential",
        "billing",
        "destinations.listener.credential: 'billing' belongs to another instance.",
    ),
    "deadline of no time": (
        "destinations.listener.deadline",
        0,
        "destinations.listener.deadline: expected more than zero.",
    ),
    "more calls at once than a destination may get": (
        "destinations.listener.max_in_flight",
        3_000_000_000,
        "destinations.listener.max_in_flight: expected between 1 and 1,000 calls at once.",
    ),
    "slower than a destination may be": (
        "destinations.listener.rate_per_second",
        1e-14,
        "destinations.listener.rate_per_second: expected between 0.001 and 10,000 calls a second.",
    ),
    "delay that is text": (
        "destinations.listener.retry_delays",
        [5, "30s"],
        "destinations.listener.retry_delays: expected seconds, found '30s'.",
    ),
    "step that is text": (
        "flows.tell.steps",
        ["tell"],
        "flows.tell.steps.1: expected names with values, found text.",
    ),
    "unknown field of a step": (
        f"{STEP}.destinaton",
        "listener",
        "flows.tell.steps.1: there is no field 'destinaton'; did you mean 'destination'?",
    ),
    "unknown kind of step": (f"{STEP}.kind", "delivr", "flows.tell.steps.1.kind: there is no 'delivr'; did you mean"),
    "unknown destination": (
        f"{STEP}.destination",
        "listner",
        "flows.tell.steps.1.destination: there is no 'listner'; did you mean 'listener'?",
    ),
    "unknown operation": (
        f"{STEP}.operation",
        "sent",
        "flows.tell.steps.1.operation: there is no 'sent'; did you mean 'send'?",
    ),
    "condition of a step": (f"{STEP}.when", "event.a ==", "flows.tell.steps.1.when: This is not an expression: "),
    "mapping of a step": (
        f"{STEP}.mapping",
        {"number": "event.("},
        "flows.tell.steps.1.mapping.number: This is not an expression: ",
    ),
    "unknown key of a step": (
        f"{STEP}.keys",
        {"sale": "result.external_id"},
        "flows.tell.steps.1.keys: there is no 'sale'; ",
    ),
    "unknown lane": (f"{STEP}.lane", "fast", "flows.tell.steps.1.lane: there is no 'fast'; there are: bulk, critical"),
    "step that needs a later one": (
        f"{STEP}.needs",
        ["later"],
        "flows.tell.steps: Step 'tell' needs 'later', which is not a step before it.",
    ),
    "ordering that is no expression": ("flows.tell.ordering", "event.", "flows.tell.ordering: This is not an express"),
    "condition of a route": (
        "flows.tell.routes.0.condition",
        "event.",
        "flows.tell.routes.1.condition: This is not an expression: ",
    ),
    "unknown field of a route": (
        "flows.tell.routes.0.event",
        "invoice.paid",
        "flows.tell.routes.1: there is no field 'event'; did you mean 'event_type'?",
    ),
    "two routes of one type": (
        "flows.tell.routes",
        [{"event_type": "a", "condition": "true"}, {"event_type": "a"}],
        "flows.tell.routes.2.event_type: this type already starts the flow; join the two conditions with ||.",
    ),
    "unknown stream": (
        "jobs.customers.stream",
        "customers",
        "jobs.customers.stream: There is no stream 'customers'; there are: customer.",
    ),
    "unknown schedule": (
        "jobs.customers.schedule",
        "crom",
        "jobs.customers.schedule: there is no 'crom'; did you mean 'cron'?",
    ),
    "time that is none": (
        "jobs.customers.window_start",
        "25:00",
        "jobs.customers.window_start: expected a time such as '06:30', found '25:00'.",
    ),
    "time zone that is none": ("jobs.customers.time_zone", "Europe/Brlin", "jobs.customers.time_zone: "),
    "share above all": ("jobs.customers.deleted_share", 1.5, "jobs.customers: Constraint “sync_job_deleted_share”"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_says_where_it_is(apply_it: ApplyIt, mistake: str) -> None:
    where, value, said = MISTAKES[mistake]

    words = complaint(apply_it, changed(small(), where, value))

    assert words.startswith(said)
    assert "hunter2" not in words
