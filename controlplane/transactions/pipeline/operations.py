"""What repeating a delivery does, as the instance that it goes to has the operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import ConnectorError, NotSupported
from connectors.interface import Connector
from connectors.messages import OperationSpec


def operation_at(connector: type[Connector], name: str, settings: Mapping[str, Any]) -> OperationSpec | None:
    """The operation at an instance with these settings; None of one that the connector does not have.

    Where a setting does not fit it is as declared: the connector refuses to send with it, and says why.
    """
    try:
        return connector.operation_for(name, settings)
    except NotSupported:
        return None
    except ConnectorError:
        return connector.operation(name)
