"""Real systems to test against, each in its own environment: see ``rig.py``."""
