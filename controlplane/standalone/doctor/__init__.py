"""The doctor: says what is wrong with an installation and how to mend it.

A check is a small function that returns one :class:`~controlplane.standalone.doctor.finding.Finding`;
``examination.py`` lists them. A check never changes anything, and says "not checked" rather than guess.
"""
