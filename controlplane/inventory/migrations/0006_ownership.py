"""The canonical model in versions, who owns which attribute, and a stamp that changes when any of it does."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from controlplane.inventory.canonical.shipped_model import put_shipped

#: A published version is what others were judged by: it never changes (invariant 5).
VERSIONS_STAY = """
create function inventory_versions_stay() returns trigger language plpgsql as $$
begin
  raise exception 'A version of an entity never changes; make a new one.' using errcode = 'restrict_violation';
end $$;
create trigger inventory_versions_stay before update on inventory_entityversion
  for each row execute function inventory_versions_stay();
"""
VERSIONS_MAY_GO = """
drop trigger inventory_versions_stay on inventory_entityversion;
drop function inventory_versions_stay();
"""
STAMPED = (
    "inventory_entitykind",
    "inventory_entityattribute",
    "inventory_ownership",
    "inventory_ownershipright",
    "inventory_system",
)
#: Whoever keeps the matrix in memory asks for one row to know that it still holds.
STAMPS = """
insert into inventory_ownershipstamp (id, stamp) values (1, gen_random_uuid());
create function inventory_stamp_ownership() returns trigger language plpgsql as $$
begin
  update inventory_ownershipstamp set stamp = gen_random_uuid() where id = 1;
  return null;
end $$;
""" + "".join(
    f"create trigger inventory_stamp_ownership after insert or update or delete on {table}"
    " for each statement execute function inventory_stamp_ownership();\n"
    for table in STAMPED
)
NO_STAMPS = (
    "".join(f"drop trigger inventory_stamp_ownership on {table};\n" for table in STAMPED)
    + "drop function inventory_stamp_ownership();"
)


def ship(apps, schema_editor) -> None:
    """The entities as the product has them, where nobody has made them their own."""
    put_shipped(*(apps.get_model("inventory", name) for name in ("EntityKind", "EntityVersion", "EntityAttribute")))


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_operations"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="entitykind",
            name="on_breach",
            field=models.CharField(
                choices=[("off", "Let through"), ("flag", "Delivered, flagged"), ("block", "Blocked")],
                db_default="flag",
                default="flag",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="entitykind",
            name="purpose",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.CreateModel(
            name="EntityAttribute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pointer", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("type", models.CharField(max_length=40)),
                ("description", models.TextField(blank=True)),
                (
                    "personal",
                    models.CharField(
                        choices=[("none", "Not personal"), ("personal", "Personal"), ("sensitive", "Sensitive")],
                        default="none",
                        max_length=9,
                    ),
                ),
                ("is_identifier", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attributes",
                        to="inventory.entitykind",
                    ),
                ),
            ],
            options={
                "ordering": ["entity_id", "position"],
            },
        ),
        migrations.CreateModel(
            name="EntityVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("schema", models.JSONField()),
                ("operations", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("shipped", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("author_label", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="inventory.entitykind"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ownership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survivorship",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("record", "The system of record"),
                            ("recent", "The most recent"),
                            ("trusted", "The most trusted"),
                            ("longest", "The longest"),
                            ("manual", "A person decides"),
                        ],
                        max_length=8,
                    ),
                ),
                ("trusted", models.JSONField(blank=True, default=list)),
                (
                    "attribute",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ownerships",
                        to="inventory.entityattribute",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ownerships",
                        to="inventory.entitykind",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.system",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnershipStamp",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
            ],
        ),
        migrations.CreateModel(
            name="OwnershipRight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("right", models.CharField(choices=[("reads", "Reads"), ("writes", "May write")], max_length=6)),
                (
                    "ownership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rights", to="inventory.ownership"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.system"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="entityattribute",
            constraint=models.UniqueConstraint(fields=("entity", "pointer"), name="one_entity_attribute"),
        ),
        migrations.AddConstraint(
            model_name="entityversion",
            constraint=models.UniqueConstraint(fields=("entity", "number"), name="one_entity_number"),
        ),
        migrations.AddConstraint(
            model_name="ownership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("attribute__isnull", False)),
                fields=("attribute",),
                name="one_owner_of_an_attribute",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("attribute__isnull", True)), fields=("entity",), name="one_owner_of_an_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipright",
            constraint=models.UniqueConstraint(fields=("ownership", "system"), name="one_right_each"),
        ),
        migrations.RunSQL(VERSIONS_STAY, VERSIONS_MAY_GO),
        migrations.RunSQL(STAMPS, NO_STAMPS),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
