"""Whether something can be a version of an entity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jsonschema_rs

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Lifecycle
from controlplane.inventory.rules.schemas import BadSchema, attributes


def check_schema(schema: Any) -> None:
    """:class:`Invalid` says what is wrong with it."""
    try:
        attributes(schema)
        jsonschema_rs.validator_for(schema, offline=True)
    except BadSchema as error:
        raise Invalid(str(error), field="schema") from error
    except ValueError as error:
        raise Invalid(f"This is no JSON Schema: {str(error).splitlines()[0]}.", field="schema") from error


def check_operations(operations: Iterable[Any]) -> None:
    """:class:`Invalid` names the first that there is not."""
    for word in operations:
        if word not in Lifecycle.values:
            known = ", ".join(Lifecycle.values)
            raise Invalid(f"There is no operation {word!r}; there are: {known}.", field="operations")
