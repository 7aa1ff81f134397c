"""Pages that follow what happens: sockets by which they are told that something has changed, and nothing of what.

A page names its topics (``topics``), each signed for the person it was made for. The process's one ``watcher`` asks the
database for the versions of all topics that anybody here follows, and tells those whose topic has another version than
before; the page then fetches its part again, through its own view and with the rights of that moment. So nothing is in
the way of the traffic, no message can be lost for good, and a socket carries nothing that is worth reading.
"""
