"""Exporting a search: ``request`` asks, ``pages`` reads by the page, ``layouts`` words it, ``write`` makes the file."""
