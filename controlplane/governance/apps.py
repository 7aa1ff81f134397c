"""Governance."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Change requests, boards, votes, policies and waivers; the kinds register themselves."""

    name = "controlplane.governance"
    label = "governance"

    def ready(self) -> None:
        """Name the changes that are governance's own, what every change is checked by, and what concerns one person."""
        from controlplane.foundation.registries import subjects
        from controlplane.governance import notices as of_changes
        from controlplane.governance.boards.rules_kind import BOARD_RULES, KIND
        from controlplane.governance.kinds import common_checks
        from controlplane.governance.policies import change_kinds, notices
        from controlplane.people.notices import sources

        subjects.register(KIND, BOARD_RULES)
        subjects.register("policy", change_kinds.POLICY)
        subjects.register("waiver", change_kinds.WAIVER)
        common_checks.register("policies", change_kinds.policy_checks)
        sources.register("changes-to-decide", of_changes.TO_DECIDE)
        sources.register("changes-decided", of_changes.DECIDED)
        sources.register("changes-conditions", of_changes.CONDITIONS)
        sources.register("waivers-to-decide", notices.TO_DECIDE)
        sources.register("waivers-ending", notices.ENDING)
