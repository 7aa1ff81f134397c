"""Contracts: the agreed schemas of what flows, in immutable versions."""
