"""What an upgrade may do to the hot tables while they are in use: add, each in a moment of its own, and never rewrite."""

from django.db import migrations

from controlplane.foundation.expanding import Expand

COLUMNS = [
    "alter table inbox add column if not exists later_note text",
    "alter table step_queue add column if not exists later_weight integer not null default 0",
    "alter table step_run add column if not exists later_weight integer not null default 0",
    "alter table transaction add column if not exists later_score integer",
    "create table if not exists later_fact (transaction_id uuid primary key, told text not null)",
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0003_first_weeks")]
    operations = [
        *(Expand(column) for column in COLUMNS),
        Expand("create index concurrently if not exists later_queue on step_queue (later_weight)", index="later_queue"),
        Expand("create index concurrently if not exists later_inbox on inbox (later_note)", index="later_inbox"),
    ]
