"""Policies as code, what they find, exceptions to them, waivers and scores."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from controlplane.governance.migrations._policy_guards import GUARDS, NO_GUARDS


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0001_change_requests"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("about", models.CharField(max_length=40)),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("company", "The whole company"),
                            ("domain", "A domain"),
                            ("team", "A team"),
                            ("integration", "An integration"),
                        ],
                        default="company",
                        max_length=12,
                    ),
                ),
                ("scope", models.CharField(blank=True, default="", max_length=80)),
                ("shipped", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "policies",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="PolicyRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                ("policies", models.PositiveIntegerField()),
                ("subjects", models.PositiveIntegerField()),
                ("findings", models.PositiveIntegerField()),
            ],
            options={
                "get_latest_by": "at",
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                (
                    "severity",
                    models.CharField(
                        choices=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block")], max_length=6
                    ),
                ),
                ("expression", models.TextField()),
                ("applies_when", models.TextField(blank=True, default="")),
                ("remediation", models.TextField()),
                ("passes", models.JSONField(default=list)),
                ("fails", models.JSONField(default=list)),
                ("shipped", models.BooleanField(default=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("reason", models.TextField(blank=True, default="")),
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
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="governance.policy"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="policy",
            name="current",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.policyversion",
            ),
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=200)),
                ("domain", models.CharField(blank=True, default="", max_length=80)),
                ("integration", models.CharField(blank=True, default="", max_length=80)),
                ("process", models.CharField(blank=True, default="", max_length=80)),
                ("environment", models.CharField(blank=True, default="", max_length=50)),
                (
                    "severity",
                    models.CharField(
                        choices=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block")], max_length=6
                    ),
                ),
                ("comes_from", models.CharField(max_length=120)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("pass", "Passes"),
                            ("fail", "Fails"),
                            ("waived", "Waived"),
                            ("unjudged", "Could not be judged"),
                        ],
                        max_length=8,
                    ),
                ),
                ("detail", models.TextField(blank=True, default="")),
                ("since", models.DateTimeField()),
                ("waived_until", models.DateTimeField(blank=True, null=True)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.team",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="governance.policy"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.policyversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScoreDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("of", models.CharField(max_length=12)),
                ("slug", models.CharField(max_length=80)),
                ("value", models.PositiveSmallIntegerField(null=True)),
                ("passed", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
                ("waived", models.PositiveIntegerField()),
                ("unjudged", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("of", "slug", "day"), name="governance_one_score_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=120)),
                ("reason", models.TextField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("granted", "Granted"),
                            ("declined", "Declined"),
                            ("ended", "Ended early"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("words", models.TextField(blank=True, default="", help_text="of whoever decided or ended it last")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waivers", to="governance.policy"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PolicyOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("company", "The whole company"),
                            ("domain", "A domain"),
                            ("team", "A team"),
                            ("integration", "An integration"),
                        ],
                        max_length=12,
                    ),
                ),
                ("scope", models.CharField(blank=True, default="", max_length=80)),
                (
                    "severity",
                    models.CharField(
                        choices=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block"), ("off", "Off")],
                        max_length=6,
                    ),
                ),
                ("reason", models.TextField()),
                ("by_label", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="governance.policy"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "reach", "scope"), name="governance_one_exception_each"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="governance_exceptions_have_reasons"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(fields=("policy", "number"), name="governance_one_policy_number"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reach", "company"), ("scope", "")),
                    models.Q(models.Q(("reach", "company"), _negated=True), models.Q(("scope", ""), _negated=True)),
                    _connector="OR",
                ),
                name="governance_a_part_has_a_name",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["integration"], name="governance_finding_of_one"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["subject_kind", "subject"], name="governance_finding_subject"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("policy", "subject_kind", "subject"), name="governance_one_finding"
            ),
        ),
        migrations.AddIndex(
            model_name="waiver",
            index=models.Index(fields=["state", "expires_at"], name="governance_waivers_in_force"),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="governance_waivers_have_reasons"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None), models.Q(("decided_by", models.F("asked_by")), _negated=True), _connector="OR"
                ),
                name="governance_nobody_grants_their_own_waiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("state", "asked")),
                    models.Q(
                        models.Q(("state", "asked"), _negated=True), models.Q(("decided_by", None), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="governance_waivers_are_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("asked_at")),
                    (
                        "expires_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("asked_at"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                ),
                name="governance_waivers_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("policy", "subject_kind", "subject"),
                name="governance_one_waiver_asked_for",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
