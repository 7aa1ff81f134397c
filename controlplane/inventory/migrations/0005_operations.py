"""Operations of interfaces, and documents that somebody looks at before they are applied."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_variants"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("format", models.CharField(max_length=10)),
                ("file", models.CharField(max_length=200)),
                ("document", models.JSONField()),
                ("options", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=520)),
                ("name", models.CharField(max_length=200)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("get", "GET"),
                            ("put", "PUT"),
                            ("post", "POST"),
                            ("delete", "DELETE"),
                            ("options", "OPTIONS"),
                            ("head", "HEAD"),
                            ("patch", "PATCH"),
                            ("trace", "TRACE"),
                            ("send", "Sends"),
                            ("receive", "Receives"),
                        ],
                        max_length=8,
                    ),
                ),
                ("address", models.CharField(help_text="path or channel", max_length=500)),
                ("summary", models.CharField(blank=True, max_length=300)),
                ("deprecated", models.BooleanField(default=False)),
                ("request", models.JSONField(blank=True, default=dict)),
                ("responses", models.JSONField(blank=True, default=dict)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "interface",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="operations", to="inventory.interface"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["interface", "address", "id"], name="inventory_operations")],
                "constraints": [
                    models.UniqueConstraint(fields=("interface", "key"), name="inventory_each_operation_once")
                ],
            },
        ),
    ]
