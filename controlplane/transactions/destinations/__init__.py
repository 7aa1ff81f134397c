"""Destinations while they are written to: pause, resume and limits, and who may say so."""
