"""Pure rules: no database, no clock, no network. What they decide, the pipeline carries out."""
