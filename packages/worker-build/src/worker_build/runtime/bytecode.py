"""What the build worker runs before Pyodide's own Python: modules of `/lib` from bytecode.

A module of its own (`_worker_bytecode`), and gone from the image. Only what compiles is replaced,
so that a module is what it would be if it came from its source.
"""

import importlib._bootstrap_external as _of_files
import marshal
import sys
import zipimport as _of_zips
from _imp import source_hash
from _io import FileIO

_FOLDER = "/bytecode"
_COMPILED = "/compiled"
_LIBRARIES = "/lib/"
_LIBRARY = "/lib/python314.zip"
_KEY = 0


def _compiled(source: object, path: str, mode: str, **options: int) -> object:
    """Stand for `compile` in the two modules that import Python's sources."""
    # An import hook may hand over a tree, or a text that is not the file's.
    ordinary = isinstance(source, bytes) and options.get("optimize", -1) == -1
    if not ordinary or not path.startswith(_LIBRARIES):
        return compile(source, path, mode, **options)  # type: ignore[call-overload]
    name = f"{path}:{source_hash(_KEY, source).hex()}"
    try:
        with FileIO(_FOLDER + name) as file:
            return marshal.loads(file.readall())  # noqa: S302  made by this interpreter
    except FileNotFoundError:
        pass
    code = compile(source, path, mode, **options)
    _missed.write(f"{marshal.dumps(code).hex()} {name}\n".encode())
    return code


def install() -> None:
    """Load bytecode from now on."""
    global _library, _missed
    # Each import opens it: while it is open, its content is not copied anew.
    _library = FileIO(_LIBRARY)
    # What had to be compiled; the next run finds it in its folder. A file is no part of the heap.
    _missed = FileIO(_COMPILED, "w")
    vars(_of_files)["compile"] = vars(_of_zips)["compile"] = _compiled


def uninstall() -> None:
    """Compile as ever."""
    _library.close()
    _missed.close()
    del vars(_of_files)["compile"], vars(_of_zips)["compile"]
    del sys.modules[__name__]


install()
