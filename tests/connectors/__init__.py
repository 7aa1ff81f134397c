"""Tests of the connectors: the HTTP door, signatures, and one suite that every connector passes."""
