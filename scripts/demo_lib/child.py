"""Home Assistant as a child that never outlives the demo: `python child.py HASS-ARGUMENTS`.

Its standard input is a pipe from the demo. However the demo ends, killed or not, the pipe closes
with it, and then Home Assistant shuts down as if it had been asked to.
"""

import os
import signal
import sys
import threading
import time
from typing import Final

from homeassistant.__main__ import main

_SHUTDOWN_S: Final = 20.0


def _stop_when_alone() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SHUTDOWN_S)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_stop_when_alone, name="demo", daemon=True).start()
    sys.exit(main())
