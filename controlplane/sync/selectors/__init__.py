"""Reading jobs and runs for pages."""
