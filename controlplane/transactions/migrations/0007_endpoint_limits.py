"""Limits of an endpoint: additive, so that the version before runs on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0006_replays_agreed_to")]

    operations = [
        migrations.AddField("endpoint", "takes_gzip", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("endpoint", "rate_per_second", models.FloatField(null=True, blank=True)),
        migrations.AddField("endpoint", "sender_rate_per_second", models.FloatField(null=True, blank=True)),
    ]
