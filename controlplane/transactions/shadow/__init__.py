"""Shadow runs: what a proposed version would send for events that really came, beside what goes out today.

Nothing is sent, and no value is kept: of a run, only places and ids of transactions are. What stood there is read
from the payloads again, as long as they are kept, by whoever may see them.
"""
