from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_service_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.UUIDField()),
                ("key", models.CharField(max_length=255)),
                ("request", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("caller", "key"), name="people_each_key_once")],
            },
        ),
    ]
