"""What follows from a difference, for those who write and for those who read: one rule a file, and no database.

``diff`` finds the facts. A rule looks at one kind of fact and says nothing of the others.
"""
