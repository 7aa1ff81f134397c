"""A destination's rest doubles each time its breaker opens again; and an attempt may end because it is gone."""

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
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0003_first_weeks")]
    operations = [
        Expand(
            "alter table destination_state add column if not exists openings smallint not null default 0",
            state_operations=[
                migrations.AddField("destinationstate", "openings", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.AlterField("attempt", "outcome", models.PositiveSmallIntegerField(choices=OUTCOMES)),
    ]
