"""The shapes of policies, findings and waivers in the API, and what requests about them may say."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from controlplane.governance.models import WaiverState
from controlplane.governance.policies.write import LONGEST_REASON
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.people.rest.operations import Asked

Shape = serializers.Serializer[Any]
_LONGEST_SLUG = 80
_LONGEST_SUBJECT = 120
_LONGEST_CURSOR = 18


class Moment(serializers.DateTimeField):
    """A time, written in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class Cursor(serializers.RegexField):
    """Where a page begins."""

    def __init__(self) -> None:
        help_text = "the `next` of the page before; leave it out for the first"
        super().__init__(rf"^[0-9]{{1,{_LONGEST_CURSOR}}}$", required=False, help_text=help_text)


class Next(serializers.CharField):
    """The cursor of the page after this one."""

    def __init__(self) -> None:
        super().__init__(allow_null=True, help_text="the cursor of the next page; null on the last")


class Counts(Shape):
    """How many subjects have which verdict."""

    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    waived = serializers.IntegerField()
    unjudged = serializers.IntegerField(help_text="what could not be judged; never taken for a pass")


class PolicyShape(Counts):
    """A policy with what it found."""

    slug = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(help_text="the kind of its subjects, and the variable of its expressions")
    severity = serializers.ChoiceField(choices=Severity.values)
    reach = serializers.CharField(help_text="company, domain, team or integration")
    scope = serializers.CharField(allow_blank=True, help_text="which one; empty for the whole company")
    shipped = serializers.BooleanField(help_text="whether it came with Interlock")
    version = serializers.IntegerField()


class PolicyList(Shape):
    """All of them."""

    policies = PolicyShape(many=True)
    judged_at = Moment(allow_null=True, help_text="when the whole estate was judged last; null: never")


class FactShape(Shape):
    """A fact that a policy stands on."""

    name = serializers.CharField()
    says = serializers.CharField(allow_blank=True)


class ExceptionShape(Shape):
    """A part of the company where it holds otherwise."""

    reach = serializers.CharField()
    scope = serializers.CharField(allow_blank=True)
    severity = serializers.CharField(help_text="or off")
    reason = serializers.CharField()


class WholePolicy(PolicyShape):
    """A policy with everything that it says."""

    applies_when = serializers.CharField(allow_blank=True, help_text="CEL; empty: always")
    expression = serializers.CharField(help_text="CEL that must be true")
    remediation = serializers.CharField()
    passes = serializers.ListField(child=serializers.DictField(), help_text="examples that must pass")
    fails = serializers.ListField(child=serializers.DictField(), help_text="examples that must fail")
    evidence = FactShape(many=True)
    exceptions = ExceptionShape(many=True)
    content_hash = serializers.CharField()


class RunShape(Shape):
    """A look through the whole estate."""

    at = Moment()
    seconds = serializers.FloatField()
    policies = serializers.IntegerField()
    subjects = serializers.IntegerField()
    findings = serializers.IntegerField()


class FindingShape(Shape):
    """What one policy found of one subject."""

    id = serializers.IntegerField()
    policy = serializers.CharField()
    version = serializers.IntegerField()
    subject_kind = serializers.CharField()
    subject = serializers.CharField()
    name = serializers.CharField()
    team = serializers.CharField(allow_null=True)
    domain = serializers.CharField(allow_blank=True)
    integration = serializers.CharField(allow_blank=True)
    process = serializers.CharField(allow_blank=True)
    environment = serializers.CharField(allow_blank=True)
    severity = serializers.ChoiceField(choices=Severity.values, help_text="as it holds there")
    comes_from = serializers.CharField(help_text="who says that it holds so there: company, domain sales …")
    verdict = serializers.ChoiceField(choices=Verdict.values)
    detail = serializers.CharField(allow_blank=True)
    remediation = serializers.CharField()
    since = Moment()
    waived_until = Moment(allow_null=True)


class FindingPage(Shape):
    """Some of them."""

    findings = FindingShape(many=True)
    next = Next()


class WaiverShape(Shape):
    """A waiver: of one policy for exactly one subject."""

    id = serializers.IntegerField()
    policy = serializers.CharField()
    subject_kind = serializers.CharField()
    subject = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=WaiverState.values)
    in_force = serializers.BooleanField(help_text="whether it silences its finding now")
    owner = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = Moment()
    expires_at = Moment()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = Moment(allow_null=True)
    words = serializers.CharField(allow_blank=True)


class WaiverPage(Shape):
    """Some of them."""

    waivers = WaiverShape(many=True)
    next = Next()


class WhichPolicies(Asked):
    """Which policies a list shows."""

    severity = serializers.ChoiceField(choices=Severity.values, required=False)
    about = serializers.CharField(max_length=40, required=False)
    team = serializers.CharField(max_length=_LONGEST_SLUG, required=False, help_text="count what is found of this team")
    q = serializers.CharField(max_length=200, required=False, help_text="words of its name, title or remediation")


class WhichFindings(Asked):
    """Which findings a list shows."""

    policy = serializers.CharField(max_length=_LONGEST_SLUG, required=False)
    verdict = serializers.ChoiceField(choices=Verdict.values, required=False)
    severity = serializers.ChoiceField(choices=Severity.values, required=False)
    subject_kind = serializers.CharField(max_length=40, required=False)
    subject = serializers.CharField(max_length=_LONGEST_SUBJECT, required=False)
    team = serializers.CharField(max_length=_LONGEST_SLUG, required=False)
    integration = serializers.CharField(max_length=_LONGEST_SLUG, required=False)
    cursor = Cursor()


class WhichWaivers(Asked):
    """Which waivers a list shows."""

    policy = serializers.CharField(max_length=_LONGEST_SLUG, required=False)
    state = serializers.ChoiceField(choices=WaiverState.values, required=False)
    cursor = Cursor()


class NewWaiver(Asked):
    """What is asked for: one policy is not held against exactly one subject, until the end of a day."""

    policy = serializers.CharField(max_length=_LONGEST_SLUG)
    subject = serializers.CharField(max_length=_LONGEST_SUBJECT, help_text="slug of what the policy is about")
    until = serializers.DateField(help_text="the last day; within a year")
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="kept in the record")


class NewRun(Asked):
    """Everything, or one object at once."""

    subject_kind = serializers.CharField(max_length=40, required=False)
    subject = serializers.CharField(max_length=_LONGEST_SUBJECT, required=False, help_text="left out: everything")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both or none."""
        if ("subject" in attrs) != ("subject_kind" in attrs):
            raise serializers.ValidationError({"subject": ["Give subject_kind and subject, or none of them."]})
        return attrs
