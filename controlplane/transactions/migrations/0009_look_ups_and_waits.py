"""Steps that ask: their deadlines and what they wait for in the queue, and answers remembered for a while.

Additive, so that the version before runs on: it leaves the new columns null.
"""

from django.db import migrations, models

from controlplane.foundation.expanding import Expand

KINDS = [(0, "Map"), (1, "Look up"), (2, "Deliver"), (3, "Publish"), (4, "Wait for an identity")]
OUTCOMES = [
    (0, "Succeeded"),
    (1, "Already there"),
    (2, "Failed for now"),
    (3, "Slowed down"),
    (4, "Outcome unknown"),
    (5, "Rejected"),
    (6, "Credential refused"),
    (7, "Answer broke the contract"),
    (8, "Not sent"),
    (9, "Not supported"),
    (10, "Lease lost, taken over"),
    (11, "Newer version already there"),
    (12, "Mapping failed"),
    (13, "Secret unavailable"),
    (14, "Takes no more"),
    (15, "Waits for an identity"),
    (16, "Time ran out"),
    (17, "No such record"),
    (18, "Known from before"),
    (19, "Known to be missing"),
]

QUEUE_COLUMNS = """
alter table step_queue add column if not exists expires_at timestamptz, add column if not exists waits_for text
"""
QUEUE_EXPIRING = """
create index concurrently if not exists step_queue_expiring on step_queue (expires_at) where expires_at is not null
"""
QUEUE_WAITING = """
create index concurrently if not exists step_queue_waiting on step_queue (waits_for) where waits_for is not null
"""
#: Not logged: what is lost in a crash is asked again.
ANSWERS = """
create unlogged table if not exists look_up_answer (
  key uuid primary key,
  external_id text not null,
  fields jsonb,
  expires_at timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0)
"""
ANSWERS_BY_AGE = "create index if not exists look_up_answer_age on look_up_answer (expires_at)"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0008_exports")]
    operations = [
        Expand(
            QUEUE_COLUMNS,
            state_operations=[
                migrations.AddField("stepqueue", "expires_at", models.DateTimeField(null=True)),
                migrations.AddField("stepqueue", "waits_for", models.TextField(null=True)),
            ],
        ),
        Expand(QUEUE_EXPIRING, index="step_queue_expiring"),
        Expand(QUEUE_WAITING, index="step_queue_waiting"),
        Expand(
            ANSWERS,
            state_operations=[
                migrations.CreateModel(
                    "LookUpAnswer",
                    fields=[
                        ("key", models.UUIDField(primary_key=True, serialize=False)),
                        ("external_id", models.TextField()),
                        ("fields", models.JSONField(null=True)),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={"db_table": "look_up_answer"},
                ),
            ],
        ),
        Expand(ANSWERS_BY_AGE),
        migrations.AlterField("steprun", "kind", models.PositiveSmallIntegerField(choices=KINDS)),
        migrations.AlterField("attempt", "outcome", models.PositiveSmallIntegerField(choices=OUTCOMES)),
    ]
