"""The palette: from anywhere to any page, integration, destination, job or transaction, by typing."""
