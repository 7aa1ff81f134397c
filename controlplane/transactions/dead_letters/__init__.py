"""Dead letters: what waits for a person, and what the person does with it."""
