"""Governance: proposals of any kind, who decides on them, by which policies, and what came of it."""
