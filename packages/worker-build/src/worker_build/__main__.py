"""`python -m worker_build` is `worker-build`."""

from worker_build.cli import main

main()
