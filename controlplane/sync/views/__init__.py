"""Pages of jobs and runs."""
