"""A version that judges some keys first, beside the one that holds: it halts itself, or is published in the end.

What one key is about goes the same way each time, so that no record is judged by both in turn.
"""
