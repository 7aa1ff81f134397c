"""Learning from samples of traffic what the inventory does not know yet.

A background task looks at a few kept bodies of each hour. Nothing on the way of an event knows of it.
"""
