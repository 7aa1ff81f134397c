"""Pure rules: no database, no clock, no network. What they decide, the verbs carry out."""
