"""Comments of one place of a revision, and whether what they ask is answered."""

import django.db.models.deletion
from django.db import migrations, models

# A resolution is kept as it was written, as comments are (invariant 5).
MAKE = """
create trigger governance_resolution_kept before update or delete on governance_resolution
    for each row execute function governance_refuse();
create trigger governance_resolution_whole before truncate on governance_resolution
    for each statement execute function governance_refuse();
"""
DROP = """
drop trigger governance_resolution_whole on governance_resolution;
drop trigger governance_resolution_kept on governance_resolution;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_policies"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.AddField("comment", "place", models.CharField(blank=True, db_default="", default="", max_length=9)),
        migrations.AddField("comment", "pointer", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("comment", "quoted", models.TextField(blank=True, db_default="", default="")),
        migrations.AddConstraint(
            "comment",
            models.CheckConstraint(
                condition=models.Q(("place__regex", "^([LOF][1-9][0-9]{0,7})?$")),
                name="governance_a_comment_has_a_place",
            ),
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.UUIDField(null=True)),
                ("resolved", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="governance.comment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(MAKE, DROP),
    ]
