"""The same integration in several environments is of one family."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_the_whole_record"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="integration",
            name="family",
            field=models.SlugField(
                blank=True, help_text="the same word: the same integration, elsewhere", max_length=80
            ),
        ),
        migrations.AddConstraint(
            model_name="integration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("family", ""), _negated=True),
                fields=("family", "environment"),
                name="inventory_one_of_a_family_in_each_environment",
            ),
        ),
    ]
