"""The command line: `worker-build [build] [PATH]`, `dev`, `new`, `types`, `clean`, `doctor`.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. With `--json`, stdout holds one event a line (`events.py`, `events.schema.json`).
"""

from worker_build.cli._main import cli, main

__all__ = ["cli", "main"]
