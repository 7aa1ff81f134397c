"""The first task of each of the six people, from sign-in to its end: by mouse, and by keyboard alone."""
