"""The parts pages are made of, as functions from values to HTML; ``templatetags/kit.py`` names them.

Apps below the console cannot import from here and need not: they pass plain values, and a part
reads what its docstring names from mappings and objects alike.
"""
