"""``interlock``: the command line of those who build integrations, with the rights of a service token.

It speaks the API of an installation and knows nothing of Django or the control plane, so that it runs anywhere that
Python does.
"""
