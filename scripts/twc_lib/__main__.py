"""What scripts/twc runs."""

import sys

# Ctrl-C pressed before anything has begun is no reason for a traceback either.
try:
    from .cli import main

    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
