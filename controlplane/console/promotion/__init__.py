"""Promotion (INV9): what an integration does in one environment is proposed for the same integration in another.

What is promoted is what it *does*: its mappings, what becomes of its events, its flows and what starts them. Addresses,
credentials, limits, schedules and people belong to an environment and stay there. The proposal is an estate document of
the other environment, frozen when it is proposed; the board reads the plan of it, and applying the change applies it.
"""
