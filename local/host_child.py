"""The Functions host as a child: `python -m local.host_child PARENT …`, with the arguments of `local.host` after it.

Ends with its parent, however that ends. Asking for the parent's id twice a second works on every system, and also
where the parent died before this program began to look.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 3.0


def main() -> None:
    program, parent, *arguments = sys.argv
    threading.Thread(target=_end_with, args=(int(parent),), daemon=True).start()
    sys.argv = [program, *arguments]
    runpy.run_module("local.host", run_name="__main__", alter_sys=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
