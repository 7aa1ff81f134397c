"""The pages of the canonical model: every entity, its attributes and schema in versions, and what its records allow."""
