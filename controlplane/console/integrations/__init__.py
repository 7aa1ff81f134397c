"""Integrations as people speak of them: what each connects, how it is, who owns it. Joins what several apps know."""
