"""The ingress, tested: everything that a hostile or broken sender can do."""
