"""The canonical model: the entities that ship with the product, and how a company makes them its own."""
