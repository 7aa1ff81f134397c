"""What there is: systems, instances, interfaces, integrations, entities and identities."""
