"""Payloads that change their form; breaks that are only observed; events let out of quarantine together, or edited.

Additive, so that the version before runs on: it judges an edited event by the body that was received, and what each
interface says of breaks is not known to it.
"""

import django.db.models.deletion
from django.db import migrations, models

from controlplane.foundation.expanding import Expand


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("contracts", "0004_sunsets"),
        ("governance", "0002_policies"),
        ("inventory", "0008_identity_history"),
        ("people", "0005_looks_at"),
        ("transactions", "0017_months_of_traffic"),
    ]

    operations = [
        Expand(
            "alter table inbox add column if not exists body_id uuid",
            state_operations=[migrations.AddField("inbox", "body_id", models.UUIDField(null=True))],
        ),
        Expand(
            "alter table transactions_normalisation "
            "add column if not exists enforcement varchar(10) not null default ''",
            state_operations=[
                migrations.AddField(
                    "normalisation",
                    "enforcement",
                    models.CharField(
                        blank=True,
                        choices=[("quarantine", "Quarantined"), ("observe", "Observed only")],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                )
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.TextField()),
                ("total", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
                        default="running",
                        max_length=7,
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                ("token", models.UUIDField(null=True, unique=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.team"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contractversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReleaseItem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "release_id", "transaction_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("transaction_id", models.UUIDField()),
                ("body_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Waiting"),
                            (1, "Judged again"),
                            (2, "Let through"),
                            (3, "Set aside again"),
                            (4, "Not released"),
                        ],
                        default=0,
                    ),
                ),
                ("result", models.TextField(default="")),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="transactions.release"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsualForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_type", models.TextField()),
                ("form", models.JSONField(default=dict)),
                ("samples", models.PositiveIntegerField(default=0)),
                ("looked_to", models.UUIDField()),
                (
                    "contract_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contracts.contractversion"
                    ),
                ),
                (
                    "interface",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.interface"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_type", models.TextField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new", "A new field"),
                            ("vanished", "It does not come any more"),
                            ("type", "It is of another kind"),
                            ("null", "It is null more, or less often"),
                            ("broken", "It breaks the contract"),
                        ],
                        max_length=8,
                    ),
                ),
                ("pointer", models.TextField()),
                ("sign", models.TextField(blank=True)),
                ("now", models.PositiveIntegerField()),
                ("of", models.PositiveIntegerField()),
                ("was", models.PositiveIntegerField()),
                ("out_of", models.PositiveIntegerField()),
                ("examples", models.JSONField(default=list)),
                ("since", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("explained", "Agreed to"),
                            ("ignored", "Ignored"),
                            ("gone", "Gone again"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.changerequest",
                    ),
                ),
                (
                    "ignored_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "interface",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.interface"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drifts",
                        to="contracts.contractversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["version", "-found_at"], name="drift_of_version")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("interface", "event_type", "kind", "pointer", "sign"),
                        name="one_open_drift",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ObservedBreak",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("transaction_id", models.UUIDField()),
                ("place", models.TextField()),
                (
                    "contract_version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.contractversion",
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inventory.integration",
                    ),
                ),
            ],
            options={
                "db_table": "observed_break",
                "indexes": [
                    models.Index(fields=["contract_version", "id"], name="observed_by_version"),
                    models.Index(fields=["transaction_id"], name="observed_by_transaction"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(condition=models.Q(("state", "running")), fields=["id"], name="release_running"),
        ),
        migrations.AddIndex(
            model_name="releaseitem",
            index=models.Index(fields=["transaction_id"], name="release_of_transaction"),
        ),
        migrations.AddConstraint(
            model_name="usualform",
            constraint=models.UniqueConstraint(fields=("interface", "event_type"), name="one_usual_form"),
        ),
    ]
