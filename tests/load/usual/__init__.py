"""What most teams write: a Django view that verifies, stores through the ORM and sends one Celery message an event.

Django REST framework is no dependency of ours; a plain view does the same work with less, so that the
comparison favours the other side. No worker runs meanwhile, as none does on ours.
"""
