"""Tests of controlplane/audit."""
