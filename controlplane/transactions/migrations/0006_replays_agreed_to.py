"""Replays that a second person agrees to, and dead letters that know their record; added while traffic runs."""

import django.db.models.deletion
from django.db import migrations, models

from controlplane.foundation.expanding import Expand

#: One statement a table, so that each asks for its lock once.
COLUMNS = [
    """
    alter table dead_letter
      add column if not exists team_id bigint references people_team (id) deferrable initially deferred,
      add column if not exists superseded_by uuid,
      add column if not exists step text not null default '',
      add column if not exists source_id bigint,
      add column if not exists resource text not null default '',
      add column if not exists external_id text not null default '',
      add column if not exists source_version bigint,
      add column if not exists occurred_at timestamptz
    """,
    """
    alter table transactions_replay
      add column if not exists token uuid unique,
      add column if not exists needs_approval boolean not null default false,
      add column if not exists decided_at timestamptz,
      add column if not exists declined_by_id uuid references people_person (id) deferrable initially deferred,
      add column if not exists decision text not null default ''
    """,
    """
    alter table transactions_replayitem
      add column if not exists attempts smallint check (attempts >= 0),
      add column if not exists revision smallint check (revision >= 0)
    """,
]
CONSTRAINTS = [
    """
    do $$ begin
      alter table transactions_replay add constraint nobody_approves_their_own_replay
        check (approved_by_id is null or approved_by_id <> requested_by_id);
    exception when duplicate_object then null; end $$
    """,
    """
    do $$ begin
      alter table transactions_replay add constraint no_large_replay_without_approval
        check (not needs_approval or approved_by_id is not null or state in ('planned', 'stopped', 'declined'));
    exception when duplicate_object then null; end $$
    """,
]
INDEXES = {
    "dead_by_record": "dead_letter (external_id, destination_id) where resolved_at is null",
    "dead_in_order": "dead_letter (fingerprint, died_at desc, step_run_id desc) where resolved_at is null",
    "dead_by_resolution": "dead_letter (resolved_at) where resolved_at is not null",
}

STATE = [
    migrations.AddField(
        "deadletter",
        "team",
        models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.SET_NULL,
            related_name="+",
            to="people.team",
        ),
    ),
    migrations.AddField("deadletter", "superseded_by", models.UUIDField(null=True)),
    migrations.AddField("deadletter", "step", models.TextField(default="")),
    migrations.AddField("deadletter", "source_id", models.BigIntegerField(null=True)),
    migrations.AddField("deadletter", "resource", models.TextField(default="")),
    migrations.AddField("deadletter", "external_id", models.TextField(default="")),
    migrations.AddField("deadletter", "source_version", models.BigIntegerField(null=True)),
    migrations.AddField("deadletter", "occurred_at", models.DateTimeField(null=True)),
    migrations.AddField("replay", "token", models.UUIDField(null=True, unique=True)),
    migrations.AddField("replay", "needs_approval", models.BooleanField(default=False)),
    migrations.AddField("replay", "decided_at", models.DateTimeField(null=True)),
    migrations.AddField(
        "replay",
        "declined_by",
        models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="people.person",
        ),
    ),
    migrations.AddField("replay", "decision", models.TextField(blank=True, default="")),
    migrations.AddField("replayitem", "attempts", models.PositiveSmallIntegerField(null=True)),
    migrations.AddField("replayitem", "revision", models.PositiveSmallIntegerField(null=True)),
    migrations.AlterField(
        "replay",
        "state",
        models.CharField(
            choices=[
                ("planned", "Waits for approval"),
                ("running", "Running"),
                ("done", "Done"),
                ("stopped", "Stopped"),
                ("declined", "Declined"),
            ],
            default="running",
            max_length=8,
        ),
    ),
    migrations.AddConstraint(
        "replay",
        models.CheckConstraint(
            condition=models.Q(("approved_by", None))
            | models.Q(("approved_by", models.F("requested_by")), _negated=True),
            name="nobody_approves_their_own_replay",
        ),
    ),
    migrations.AddConstraint(
        "replay",
        models.CheckConstraint(
            condition=models.Q(
                ("needs_approval", False),
                ("approved_by__isnull", False),
                ("state__in", ["planned", "stopped", "declined"]),
                _connector="OR",
            ),
            name="no_large_replay_without_approval",
        ),
    ),
    migrations.AddIndex(
        "deadletter",
        models.Index(
            condition=models.Q(("resolved_at", None)), fields=["external_id", "destination"], name="dead_by_record"
        ),
    ),
    migrations.AddIndex(
        "deadletter",
        models.Index(
            condition=models.Q(("resolved_at", None)),
            fields=["fingerprint", "-died_at", "-step_run_id"],
            name="dead_in_order",
        ),
    ),
    migrations.AddIndex(
        "deadletter",
        models.Index(
            condition=models.Q(("resolved_at__isnull", False)), fields=["resolved_at"], name="dead_by_resolution"
        ),
    ),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0001_initial"), ("transactions", "0005_causes_in_hand")]

    operations = [
        *(Expand(statement) for statement in (*COLUMNS, *CONSTRAINTS)),
        *(
            Expand(f"create index concurrently if not exists {name} on {where}", index=name)
            for name, where in INDEXES.items()
        ),
        migrations.SeparateDatabaseAndState(state_operations=STATE),
    ]
