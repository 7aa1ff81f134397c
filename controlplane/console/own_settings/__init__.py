"""``/settings/``: what a person decides about their own account and pages."""
