"""Who consumes a contract, what they were asked about a change of it, and what they said."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

GUARDS = """
create function contracts_answer_given() returns trigger language plpgsql as $$
declare
    asked contracts_confirmation;
    change governance_changerequest;
begin
    select * into asked from contracts_confirmation where id = new.confirmation_id;
    change := governance_lock(asked.change_id);
    if change.state not in ('proposed', 'approved', 'applied') then
        raise exception 'this change is %: nobody answers for a consumer any more', change.state
            using errcode = 'restrict_violation';
    end if;
    if asked.revision_id is distinct from change.current_id then
        raise exception 'this answer is to another revision than the current one' using errcode = 'restrict_violation';
    end if;
    if new.content_hash is distinct from (select content_hash from governance_revision where id = asked.revision_id)
    then
        raise exception 'this answer is bound to another content than the revision has'
            using errcode = 'restrict_violation';
    end if;
    if governance_is_author(change.id, new.person_id) then
        raise exception 'who wrote a change neither answers for its consumers nor overrides one'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger contracts_answer_given before insert on contracts_answer
    for each row execute function contracts_answer_given();
create trigger contracts_answer_kept before update or delete on contracts_answer
    for each row execute function governance_refuse();
create trigger contracts_answer_whole before truncate on contracts_answer
    for each statement execute function governance_refuse();
"""
# With the tables go their triggers.
DROP = "drop function contracts_answer_given() cascade"


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_sunsets"),
        ("governance", "0002_policies"),
        ("inventory", "0008_identity_history"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dependency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("contact", models.CharField(blank=True, default="", max_length=200)),
                ("fields", models.JSONField(blank=True, default=list)),
                ("oldest", models.PositiveIntegerField(blank=True, null=True)),
                ("newest", models.PositiveIntegerField(blank=True, null=True)),
                ("cadence", models.DurationField(blank=True, null=True)),
                ("reads", models.BooleanField(default=True)),
                ("writes", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True, default="")),
                ("declared_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_why", models.TextField(blank=True, default="")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dependencies",
                        to="contracts.contract",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.integration",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.team",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("findings", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Asked"),
                            ("stale", "Presumed stale"),
                            ("confirmed", "Has confirmed"),
                            ("refused", "Refuses"),
                            ("overridden", "Goes ahead without it"),
                            ("released", "Not concerned any more"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("stale_at", models.DateTimeField(blank=True, null=True)),
                ("released_why", models.CharField(blank=True, default="", max_length=300)),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.changerequest"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.integration",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.revision",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.team"),
                ),
                (
                    "dependency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="contracts.dependency",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirms"),
                            ("refused", "Refuses"),
                            ("overridden", "Goes ahead without it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("account", models.UUIDField()),
                ("words", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "confirmation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="contracts.confirmation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("said", "confirmed"), models.Q(("words", ""), _negated=True), _connector="OR"
                        ),
                        name="answer_says_why",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("integration__isnull", False), ("name", ""), ("team", None)),
                    models.Q(("integration", None), ("team__isnull", False), models.Q(("name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="dependency_within_or_outside",
            ),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.CheckConstraint(
                condition=models.Q(("reads", True), ("writes", True), _connector="OR"),
                name="dependency_reads_or_writes",
            ),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("oldest__lte", models.F("newest")), ("oldest", None), ("newest", None), _connector="OR"
                ),
                name="dependency_oldest_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("contract", "integration"),
                name="dependency_each_integration_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.UniqueConstraint(
                models.F("contract"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("integration", None), ("withdrawn_at", None)),
                name="dependency_each_name_once",
            ),
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="confirmation_due"),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(("integration__isnull", False), ("dependency__isnull", False), _connector="OR"),
                name="confirmation_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("integration__isnull", False)),
                fields=("revision", "integration"),
                name="confirmation_integration_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("integration", None)),
                fields=("revision", "dependency"),
                name="confirmation_outsider_once",
            ),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
