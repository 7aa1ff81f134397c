"""The benches: what the machine can do, what we do on it, and what users would pick instead, in one run.

``manage.py bench NAME`` starts one. ``house`` gives it a database and a broker of its own, ``harness`` runs it
and prints what it found, ``client`` and ``sink`` are the world outside, each in a process of its own.
Absolute figures are the machine's; the ratios are ours.
"""
