#!/usr/bin/env python
"""The command line of the control plane: ``manage.py help`` lists what it can do."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")
    from django.core.management import execute_from_command_line

    import controlplane.celery  # noqa: F401 - commands ring the doorbell, too

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
