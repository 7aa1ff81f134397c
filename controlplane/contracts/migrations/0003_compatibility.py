"""Contracts say what they are written in and whom a new version must not break; versions have examples and a decision."""

import django.db.models.deletion
from django.db import migrations, models

from controlplane.foundation.expanding import Expand

CONTRACT = """
alter table contracts_contract
  add column if not exists format varchar(12) not null default 'json-schema',
  add column if not exists compatibility varchar(20) not null default 'full'
"""
VERSION = """
alter table contracts_contractversion
  add column if not exists examples jsonb not null default '[]'::jsonb,
  add column if not exists change_id bigint references governance_changerequest (id) deferrable initially deferred
"""
BY_CHANGE = """
create index concurrently if not exists contract_version_of_change on contracts_contractversion (change_id)
  where change_id is not null
"""


FORMATS = [("json-schema", "JSON Schema"), ("openapi", "OpenAPI"), ("asyncapi", "AsyncAPI"), ("avro", "Avro")]
COMPATIBILITIES = [
    ("none", "Nobody is promised anything"),
    ("backward", "Backward: who writes may stay with the last version"),
    ("forward", "Forward: who reads may stay with the last version"),
    ("full", "Full: both may stay with the last version"),
    ("backward-transitive", "Backward, transitive: who writes may stay with any version"),
    ("forward-transitive", "Forward, transitive: who reads may stay with any version"),
    ("full-transitive", "Full, transitive: both may stay with any version"),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0002_links"), ("governance", "0002_policies")]
    operations = [
        Expand(
            CONTRACT,
            state_operations=[
                migrations.AddField(
                    "contract",
                    "format",
                    models.CharField(choices=FORMATS, db_default="json-schema", default="json-schema", max_length=12),
                ),
                migrations.AddField(
                    "contract",
                    "compatibility",
                    models.CharField(choices=COMPATIBILITIES, db_default="full", default="full", max_length=20),
                ),
            ],
        ),
        Expand(
            VERSION,
            state_operations=[
                migrations.AddField(
                    "contractversion",
                    "examples",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                migrations.AddField(
                    "contractversion",
                    "change",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.changerequest",
                    ),
                ),
            ],
        ),
        Expand(BY_CHANGE, index="contract_version_of_change"),
    ]
