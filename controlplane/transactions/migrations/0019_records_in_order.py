"""Whether an earlier record of a sync is still to be processed: what keeps an order waits for it."""

from django.db import migrations

from controlplane.foundation.expanding import Expand


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0018_drift")]
    operations = [
        Expand(
            "create index concurrently if not exists inbox_of_syncs on inbox (transaction_id) where endpoint_id is null",
            index="inbox_of_syncs",
        ),
    ]
