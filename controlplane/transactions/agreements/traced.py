"""Which version of a contract judged an event: its trace says so, whenever it came."""

from __future__ import annotations

from typing import Final

#: A condition on the trace ``r``, for the version ``%(version)s``.
JUDGED_BY: Final = """
r.spans @> jsonb_build_array(jsonb_build_object('name', 'contract', 'contract_version', %(version)s::bigint))
"""
