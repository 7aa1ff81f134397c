"""What a transaction is about, in a word: the first business key of its contract, for lists.

Additive, so that the version before runs on: it leaves the new column empty.
"""

from django.db import migrations, models

from controlplane.foundation.expanding import Expand


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0010_neighbours_by_replay")]
    operations = [
        Expand(
            "alter table transaction add column if not exists about text not null default ''",
            state_operations=[
                migrations.AddField("transaction", "about", models.TextField(default="", db_default="")),
            ],
        ),
    ]
