"""The outgoing webhook: events posted as JSON to any address that takes them."""
