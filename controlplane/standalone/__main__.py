"""``python -m controlplane.standalone``."""

import sys

from controlplane.standalone.command_line import main

sys.exit(main(sys.argv[1:]))
