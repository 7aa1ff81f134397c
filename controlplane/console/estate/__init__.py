"""The estate as a document: what there is, written down, applied in one transaction.

``manage.py estate apply FILE`` reads YAML whose sections are the words of the inventory, in the order in
which they stand on each other. Applying the same document again changes nothing; what it does not name
is left alone. Contracts, mappings and flows get a new version when their content has changed.
"""
