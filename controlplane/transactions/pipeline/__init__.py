"""The pipeline: from the inbox to the last attempt.

``processing`` turns inbox rows into transactions: ``intake`` judges one event (``reading`` its body,
``understanding`` it, ``starting`` its flows) into ``drafts``; ``catalogue`` is the configuration it is
judged by. ``delivering`` claims step runs and calls destinations (``outward``); ``finishing`` writes
what came of it in one transaction; ``carrier`` is the worker's loop around both. All SQL of the hot
path is in ``statements``.
"""
