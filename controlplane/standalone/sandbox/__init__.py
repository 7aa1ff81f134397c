"""The sandbox: a company that does not exist, at work on this machine, so that a newcomer sees the real thing.

Its estate is a document like anybody's, its webhooks are signed and go through the public ingress, its systems answer
over HTTP, slow down, throttle and fail in stories. Only the company is make-believe: whatever a page says of it
happened. ``manage.py sandbox load`` makes it (``make up`` does, once), ``manage.py sandbox remove`` takes it away.
"""
