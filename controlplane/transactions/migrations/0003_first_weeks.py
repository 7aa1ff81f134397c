"""The partitions of the first weeks; afterwards a watched job makes them ahead."""

from django.db import migrations


def make_first_weeks(apps, schema_editor) -> None:
    """From last week, for what is replayed into it, to five weeks ahead."""
    from datetime import timedelta

    from controlplane.foundation import clock, partitions

    tables = ["transaction", "transaction_key", "step_run", "attempt", "trace", "payload_subject"]
    tables += [f"payload_{name}" for name in ("short", "standard", "long", "pinned")]
    partitions.ensure(tables, start=clock.now() - timedelta(days=7), weeks=7)


class Migration(migrations.Migration):
    dependencies = [("transactions", "0002_hot_tables")]
    operations = [migrations.RunPython(make_first_weeks, migrations.RunPython.noop)]
