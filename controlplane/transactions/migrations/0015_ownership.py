"""What is written without the right to it: what a flow version would, when it was written, and what deliveries did.

Additive, so that the version before runs on: it writes neither.
"""

import django.db.models.deletion
from django.db import migrations, models

from controlplane.foundation.expanding import Expand

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
    (20, "Not its source's to write"),
]


def _loose(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0014_what_concerns_one_person"), ("inventory", "0006_ownership")]
    operations = [
        Expand(
            "alter table transactions_flowversion add column if not exists findings jsonb not null default '[]'",
            state_operations=[
                migrations.AddField(
                    "flowversion",
                    "findings",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
            ],
        ),
        migrations.CreateModel(
            "OwnershipBreach",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("path", models.TextField()),
                ("transaction_id", models.UUIDField()),
                ("step_run_id", models.UUIDField()),
                ("blocked", models.BooleanField()),
                ("entity", _loose("inventory.entitykind")),
                ("system", _loose("inventory.system")),
                ("record", _loose("inventory.system")),
                ("integration", _loose("inventory.integration")),
                ("destination", _loose("transactions.destination")),
            ],
            options={
                "db_table": "ownership_breach",
                "indexes": [
                    models.Index(fields=["entity", "path", "system", "id"], name="breach_by_attribute"),
                    models.Index(fields=["transaction_id"], name="breach_by_transaction"),
                ],
            },
        ),
        migrations.AlterField("attempt", "outcome", models.PositiveSmallIntegerField(choices=OUTCOMES)),
    ]
