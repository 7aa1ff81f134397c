"""Tests of the estate document."""
