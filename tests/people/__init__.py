"""Tests of controlplane/people."""
