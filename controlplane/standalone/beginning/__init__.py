"""How an empty database begins: with the tables that all migrations up to one of them made, read from one file.

Applying every migration to nothing takes Django twenty seconds of a processor, most of it spent on drawing the models
of each step; reading what came of it takes two. ``tables.sql`` is written by ``manage.py beginning`` and holds the rows
of ``django_migrations`` as well, so what was added since is applied on top as everywhere. A test holds both ways
against each other (decision 17).
"""
