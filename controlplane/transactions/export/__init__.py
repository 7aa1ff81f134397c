"""Exporting a search: ``pages`` reads it page by page, ``request`` asks for it, ``write`` makes the file."""
