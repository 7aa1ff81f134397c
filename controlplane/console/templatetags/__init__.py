"""The kit, where Django looks for template tags."""
