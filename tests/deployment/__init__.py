"""The scaled-out deployment: images, compose files, a pooler in between, and a way back from a backup."""
