"""The entry point of scripts/twc."""

import sys

# Ctrl-C during the imports must not print a traceback either.
try:
    from .cli import main

    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
