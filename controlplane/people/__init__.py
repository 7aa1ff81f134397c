"""People, their accounts and teams, and what each may see and do."""
