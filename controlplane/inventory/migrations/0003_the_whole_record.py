"""The record of an integration in full, business processes as things of their own, and the history of every field."""

import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models
from django.utils.text import slugify

#: Histories are added to and never rewritten (invariant 5).
ONLY_ADDED_TO = """
create function inventory_only_added_to() returns trigger language plpgsql as $$
begin
  raise exception 'The history of the inventory is only added to; % was refused.', tg_op using errcode = 'restrict_violation';
end $$;
create trigger inventory_only_added_to before update or delete on inventory_fieldchange
  for each row execute function inventory_only_added_to();
create trigger inventory_never_emptied before truncate on inventory_fieldchange
  for each statement execute function inventory_only_added_to();
"""
NO_LONGER = """
drop trigger inventory_only_added_to on inventory_fieldchange;
drop trigger inventory_never_emptied on inventory_fieldchange;
drop function inventory_only_added_to();
"""


def name_processes(apps, schema_editor) -> None:
    """What integrations called their process is a process now, by that name."""
    integration = apps.get_model("inventory", "Integration")
    process = apps.get_model("inventory", "Process")
    integration.objects.filter(process="").update(process=None)
    for name in integration.objects.exclude(process=None).values_list("process", flat=True).distinct():
        slug = slugify(name)[:80] or "unnamed"
        process.objects.get_or_create(slug=slug, defaults={"name": name[:1].upper() + name[1:]})
        integration.objects.filter(process=name).update(process=slug)
    # Else the table cannot be altered: checks of these rows would be waiting.
    schema_editor.execute("set constraints all immediate")


def word_processes(apps, schema_editor) -> None:
    """Back to a word, which was never null."""
    apps.get_model("inventory", "Integration").objects.filter(process=None).update(process="")
    schema_editor.execute("set constraints all immediate")


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_entities"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="integration",
            name="classification",
            field=models.CharField(
                blank=True,
                choices=[
                    ("public", "Public"),
                    ("internal", "Internal"),
                    ("confidential", "Confidential"),
                    ("restricted", "Restricted"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="daily_volume",
            field=models.PositiveIntegerField(blank=True, help_text="transactions a day that are expected", null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="deputy",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="latency_seconds",
            field=models.FloatField(blank=True, help_text="from one end to the other, 95 of 100", null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="layer",
            field=models.CharField(
                blank=True,
                choices=[("system", "System"), ("process", "Process"), ("experience", "Experience")],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="owner",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="pattern",
            field=models.CharField(
                blank=True,
                choices=[
                    ("direct", "Direct API"),
                    ("middleware", "Middleware"),
                    ("events", "Event-driven"),
                    ("files", "File"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="real_time_need",
            field=models.TextField(blank=True, help_text="why later would be too late"),
        ),
        migrations.AddField(
            model_name="integration",
            name="recovery_point_minutes",
            field=models.PositiveIntegerField(blank=True, help_text="the most that may be lost", null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="recovery_time_minutes",
            field=models.PositiveIntegerField(blank=True, help_text="the longest it may stand", null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="residency",
            field=models.CharField(blank=True, help_text="where its data must stay, such as EU", max_length=80),
        ),
        migrations.AddField(
            model_name="integration",
            name="retention_days",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="runbook",
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="integration",
            name="sync_mode",
            field=models.CharField(
                blank=True,
                choices=[
                    ("real-time", "Real time"),
                    ("near-real-time", "Near real time"),
                    ("micro-batch", "Micro-batch"),
                    ("batch", "Batch"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="targets",
            field=models.ManyToManyField(blank=True, related_name="written_by", to="inventory.interface"),
        ),
        migrations.AddField(
            model_name="interface",
            name="documentation",
            field=models.URLField(blank=True, help_text="where it is described", max_length=500),
        ),
        migrations.AddField(
            model_name="interface",
            name="purpose",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="interface",
            name="version",
            field=models.CharField(blank=True, help_text="in its vendor's words", max_length=40),
        ),
        migrations.AddField(
            model_name="system",
            name="domain",
            field=models.CharField(blank=True, help_text="the part of the business it serves", max_length=80),
        ),
        migrations.AddField(
            model_name="system",
            name="owner",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="system",
            name="purpose",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="system",
            name="stage",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("live", "Live"),
                    ("retiring", "Being retired"),
                    ("retired", "Retired"),
                ],
                default="live",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="system",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="systems",
                to="people.team",
            ),
        ),
        migrations.AddField(
            model_name="system",
            name="vendor",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.TextField(blank=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="processes",
                        to="people.team",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "processes",
            },
        ),
        migrations.AlterField("integration", "process", models.CharField(blank=True, max_length=80, null=True)),
        migrations.RunPython(name_processes, word_processes),
        migrations.AlterField(
            model_name="integration",
            name="process",
            field=models.ForeignKey(
                blank=True,
                db_column="process",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="integrations",
                to="inventory.process",
                to_field="slug",
            ),
        ),
        migrations.CreateModel(
            name="ProcessStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="inventory.process"
                    ),
                ),
            ],
            options={
                "ordering": ["process", "number"],
            },
        ),
        migrations.AddField(
            model_name="integration",
            name="steps",
            field=models.ManyToManyField(blank=True, related_name="integrations", to="inventory.processstep"),
        ),
        migrations.CreateModel(
            name="FailureMode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("sign", models.TextField(blank=True, help_text="how it shows")),
                ("workaround", models.TextField(blank=True, help_text="what is done by hand meanwhile")),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failure_modes",
                        to="inventory.integration",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("integration", "slug"), name="inventory_each_failure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("field", models.CharField(max_length=80)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by_label", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "object_id", "-id"], name="inventory_history")],
            },
        ),
        migrations.AddConstraint(
            model_name="processstep",
            constraint=models.UniqueConstraint(fields=("process", "slug"), name="inventory_each_step_once"),
        ),
        migrations.AddConstraint(
            model_name="processstep",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("process", "number"),
                name="inventory_steps_in_order",
            ),
        ),
        migrations.RunSQL(ONLY_ADDED_TO, NO_LONGER),
    ]
