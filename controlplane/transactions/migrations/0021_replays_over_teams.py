"""A replay says which integrations its deliveries are of, so that each of their teams sees it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Additive: a replay that the version before makes meanwhile is seen in its first team, as before."""

    dependencies: ClassVar = [
        ("inventory", "0008_identity_history"),
        ("transactions", "0020_export_formats"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "replay", "integrations", models.ManyToManyField(related_name="+", to="inventory.integration")
        ),
    ]
