"""What differs between two schemas or two descriptions of an interface: facts only, nothing judged.

``rules`` says what follows from each for those who write and for those who read. No database here.
"""
