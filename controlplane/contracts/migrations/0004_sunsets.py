"""When versions of contracts go."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_compatibility"), ("governance", "0002_policies")]
    operations = [
        migrations.CreateModel(
            name="Sunset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("in_any_case", models.BooleanField(default=False)),
                ("announced_at", models.DateTimeField(auto_now_add=True)),
                ("held", models.TextField(blank=True, default="")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.changerequest",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sunset",
                        to="contracts.contractversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("retired_at__isnull", True)), fields=["on"], name="contract_sunset_due"
                    )
                ],
            },
        ),
    ]
