"""The token of a form tells apart what one person asked for twice; another person's form may have the same."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The version before looks for a token of the person as well."""

    dependencies: ClassVar = [("transactions", "0022_replays_over_teams_before")]

    operations: ClassVar = [
        migrations.AddConstraint(
            "replay", models.UniqueConstraint(fields=("requested_by", "token"), name="replay_of_form")
        ),
        migrations.AlterField("replay", "token", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "release", models.UniqueConstraint(fields=("requested_by", "token"), name="release_of_form")
        ),
        migrations.AlterField("release", "token", models.UUIDField(null=True)),
    ]
