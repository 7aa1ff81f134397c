"""What the plane promises while parts of it are killed."""
