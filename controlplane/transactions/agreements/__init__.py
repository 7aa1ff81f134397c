"""What the traffic knows of contracts: who works by one, what was let in by it, and who takes up a new version."""
