"""The same for the replays that there are, as far as their transactions are kept."""

from typing import ClassVar

from django.db import migrations

FILL = """
insert into transactions_replay_integrations (replay_id, integration_id)
select distinct r.replay_id, i.id from transactions_replayitem r
join transaction t on t.id = r.transaction_id join inventory_integration i on i.id = t.integration_id
on conflict do nothing
"""


class Migration(migrations.Migration):
    """By itself, so that nobody waits for the lock of the new table's keys while it reads."""

    dependencies: ClassVar = [("transactions", "0021_replays_over_teams")]

    operations: ClassVar = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
