"""Tests of credentials: references, providers, and what a secret never does."""
