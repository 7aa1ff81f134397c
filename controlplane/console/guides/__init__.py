"""Deciding how an integration is built: guides that ask and recommend, and a catalogue of approved patterns."""
