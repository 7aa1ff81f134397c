"""Interlock: the governance and operations centre of a company's SaaS integrations."""
