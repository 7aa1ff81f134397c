"""Tests of controlplane/console."""
