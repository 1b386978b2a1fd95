"""Third-party packages, from a name in `pyproject.toml` to files that a worker can import."""
