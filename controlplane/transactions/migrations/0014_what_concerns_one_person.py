"""Since when a destination is in trouble, in whose zone an export's days are, and replays by whom they concern."""

from django.conf import settings
from django.db import migrations, models

from controlplane.foundation.expanding import Expand

INDEXES = {
    "replay_undecided": "transactions_replay (requested_at) where state = 'planned'",
    "replay_of_person": "transactions_replay (requested_by_id, finished_at desc)",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("people", "0004_own_settings"),
        ("transactions", "0013_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        Expand(
            "alter table destination_state add column if not exists troubled_since timestamptz",
            state_operations=[
                migrations.AddField("destinationstate", "troubled_since", models.DateTimeField(null=True)),
            ],
        ),
        Expand(
            "alter table transactions_export add column if not exists zone varchar(60) not null default ''",
            state_operations=[
                migrations.AddField(
                    "export", "zone", models.CharField(blank=True, db_default="", default="", max_length=60)
                ),
            ],
        ),
        *(
            Expand(f"create index concurrently if not exists {name} on {what}", index=name)
            for name, what in INDEXES.items()
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    "replay",
                    models.Index(condition=models.Q(state="planned"), fields=["requested_at"], name="replay_undecided"),
                ),
                migrations.AddIndex(
                    "replay", models.Index(fields=["requested_by", "-finished_at"], name="replay_of_person")
                ),
            ]
        ),
    ]
