"""The ingress: a small ASGI application beside Django that answers senders after commit.

``application`` tells the whole story of one request: ``wire`` reads and answers it, ``endpoints`` and
``keys`` know who may send, ``pace`` and ``pressure`` how much, ``packing`` unpacks, ``events`` says what is kept,
``batches`` makes it durable, ``refusals`` counts what was turned away; ``answers`` are all that senders are ever told.
"""
