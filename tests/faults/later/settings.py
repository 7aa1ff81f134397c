"""The settings of the later release: as they are, with its app."""

from controlplane.settings import *  # noqa: F403 - settings are a namespace
from controlplane.settings import INSTALLED_APPS as EARLIER

INSTALLED_APPS = [*EARLIER, "tests.faults.later"]
