"""Contracts say which ids in a record name one thing."""

from django.db import migrations, models

from controlplane.foundation.expanding import Expand

LINKS = "alter table contracts_contractversion add column if not exists links jsonb not null default '[]'::jsonb"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0001_initial")]
    operations = [
        Expand(
            LINKS,
            state_operations=[
                migrations.AddField(
                    "contractversion",
                    "links",
                    models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField())),
                )
            ],
        )
    ]
