"""The API's own side: who asks, how bodies are read, what is refused and how, and what a write is answered with.

An app's API is in its own ``rest``; each method there is one :func:`operations.operation`.
"""
