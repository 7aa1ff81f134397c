"""Tryton: an ERP, read and written over its JSON-RPC. See README.md."""
