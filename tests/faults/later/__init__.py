"""A later release, as far as its migrations go: an app that only the upgrade test installs."""
