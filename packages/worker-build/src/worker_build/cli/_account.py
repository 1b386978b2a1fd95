"""What a build made, told: one line of result, the whole account with `-v` or `--json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from worker_build.cli._ui import Ui
    from worker_build.report import Report

_MIB = 2**20


def tell(ui: Ui, report: Report) -> None:
    """Tell what a build made."""
    from worker_build.report import LIMIT_BYTES

    ui.event("built", **_as_event(report))
    for warning in report.warnings:
        ui.note(warning)
    if ui.verbosity > 0:
        for line in _account(report):
            ui.say(line)
    ui.result(
        f"{_shown(report.out_dir)}: {report.size / _MIB:.1f} MiB of {LIMIT_BYTES // _MIB} MiB "
        f"({report.compressed / _MIB:.1f} MiB gzip), built in {sum(report.seconds.values()):.1f} s"
    )


def _as_event(report: Report) -> dict[str, Any]:
    from worker_build.report import LIMIT_BYTES
    from worker_build.startup import LIMIT_SECONDS

    startup = report.startup
    return {
        "out_dir": str(report.out_dir),
        "size": report.size,
        "limit": LIMIT_BYTES,
        "compressed": report.compressed,
        "files": [
            {"path": file.path, "size": file.size, "compressed": file.compressed}
            for file in report.files
        ],
        "packages": dict(report.packages),
        "notes": dict(report.notes),
        "startup": startup
        and {"cpu": startup.cpu, "samples": list(startup.samples), "limit": LIMIT_SECONDS},
        "warnings": list(report.warnings),
        "seconds": dict(report.seconds),
        "manifest": dict(report.manifest),
    }


def _account(report: Report) -> Iterator[str]:
    from worker_build.startup import LIMIT_SECONDS

    for file in report.files:
        yield f"  {_mib(file.size)}  {_mib(file.compressed)} gzip  {file.path}"
    whole = sum(report.packages.values()) or 1
    yield "packages, and their share of the files:"
    for name, size in report.packages.items():
        note = f" ({report.notes[name]})" if name in report.notes else ""
        yield f"  {_mib(size)}  {size / whole:6.1%}  {name}{note}"
    manifest = report.manifest
    if saved := manifest.get("stripped_stdlib"):
        yield f"  {_mib(saved)}  saved by strip-stdlib"
    yield f"entry points: {', '.join(_entry_points(manifest)) or 'none'}"
    versions = (f"{name} {version}" for name, version in manifest["versions"].items())
    yield f"versions: {', '.join(versions)}"
    yield from _fixed(manifest["fixed"])
    if report.startup is not None:
        each = ", ".join(f"{sample:.2f}" for sample in report.startup.samples)
        yield (
            f"start: {report.startup.cpu:.2f} s of CPU (of {each}); the platform's limit is"
            f" {LIMIT_SECONDS:g} s"
        )


def _entry_points(manifest: Mapping[str, Any]) -> Iterator[str]:
    for handler in manifest["handlers"]:
        yield f"{handler['kind']} ({handler['module']}.{handler['name']})"
    for kind, told in (
        ("objects", "Durable Object"),
        ("workflows", "workflow"),
        ("entrypoints", "entry point"),
    ):
        for each in manifest.get(kind, ()):
            yield f"{told} {each['name']}"


def _fixed(fixed: Mapping[str, Any]) -> Iterator[str]:
    yield "the same in every isolate of this bundle:"
    yield f"  the hash seed, {fixed['hash_seed']}"
    for drawn in fixed["entropy"]:
        yield f"  what was drawn at import by {drawn}"
    for module, size in fixed["native"].items():
        yield f"  {size} bytes that {module} drew by itself, as a rule for its hash tables"
    for seeded in fixed["seeded"]:
        yield f"  a random generator, seeded by {seeded}"
    for read in fixed["clock"]:
        yield f"  the time that was read at import by {read}"
    for module in fixed["clock_native"]:
        yield f"  the time that {module} read by itself at import"
    if fixed["shared_seed"]:
        yield f"  what the functions of `random` draw, seeded by {fixed['shared_seed']}"


def _mib(size: int) -> str:
    return f"{size / _MIB:8.3f} MiB"


def _shown(path: Path) -> str:
    """The path as the user would write it: relative where it is below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
