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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOLDER = "/bytecode"
_COMPILED = "/compiled"
_LIBRARIES = "/lib/"
_LIBRARY = "/lib/python314.zip"
_KEY = 0
_TREE = 0x400
"""The flag by which `compile` returns a tree: the module `ast` cannot be imported yet."""
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")

DOCSTRINGS = "@docstrings@"
"""`kept`, or the docstrings of these go."""
_UNDOCUMENTED = (
    f"{_LIBRARY}/",
    *(
        f"/lib/python3.14/site-packages/{name}/"
        for name in ("worker", "worker_sys", "worker_macros")
    ),
)


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
    if DOCSTRINGS != "kept" and path.startswith(_UNDOCUMENTED):
        tree = compile(source, path, mode, flags=_TREE, **options)  # type: ignore[call-overload]
        source = _without_docstrings(tree)
    code = compile(source, path, mode, **options)  # type: ignore[call-overload]
    _missed.write(f"{marshal.dumps(code).hex()} {name}\n".encode())
    return code


def _without_docstrings(tree: "Any") -> object:
    """Take the docstrings out of a tree; no line moves."""
    if tree.body and _is_text(tree.body[0]):
        del tree.body[0]
    todo = [tree]
    while todo:
        node = todo.pop()
        for name in _BODIES:
            inside = getattr(node, name, ())
            todo += inside if type(inside) is list else ()
        if type(node).__name__ in {"ClassDef", "FunctionDef", "AsyncFunctionDef"}:
            first = node.body[0]
            if _is_text(first):
                # A constant that nobody uses is no code, and a body must have a statement.
                first.value.value = None
    return tree


def _is_text(node: "Any") -> bool:
    if type(node).__name__ != "Expr" or type(node.value).__name__ != "Constant":
        return False
    return type(node.value.value) is str


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
