"""The command line: `worker-build [build] [PATH]`, `dev`, `new`, `types`, `clean`, `doctor`.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. With `--json`, stdout holds one event a line (`events.py`, `events.schema.json`).
"""

import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    try:
        # Whoever is impatient interrupts while we are being imported, too.
        from worker_build.cli._main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = _INTERRUPTED
    sys.exit(code)
