"""An entry of the estate as a change that a board decides on: what it says, what follows, who is touched, and applied.

One shape for every section (:mod:`sorts`): the subject is ``flow pay``, the content is the entry as an estate document
writes it, and applying the change applies that entry, with everything that a document is judged by.
"""
