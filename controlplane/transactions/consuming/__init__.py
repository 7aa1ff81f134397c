"""Messages in: queues of a broker that feed endpoints, by the same path as webhooks.

``bindings`` says which queue feeds which endpoint, ``messages`` makes a request of a message, ``consumer`` takes one
queue's messages and confirms each after its commit, ``consumers`` keeps one consumer a queue.
"""
