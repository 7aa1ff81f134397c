"""What repeats a transaction is found from the transaction: the journey shows it."""

from django.db import migrations

from controlplane.foundation.expanding import IndexPartitions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("transactions", "0009_look_ups_and_waits")]
    operations = [
        IndexPartitions("transaction_replay_of", "transaction", "(replay_of) where replay_of is not null"),
    ]
