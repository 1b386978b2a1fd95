"""The user's own JavaScript, and modules of the platform, called from Python.

Source: the `inline_js` and `module` attributes that workers-rs projects use;
https://developers.cloudflare.com/workers/runtime-apis/nodejs/
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable
from typing import Any, final

from worker_sys import calls, convert, js

from worker.errors import Error

__all__ = ["JsModule", "JsModuleError", "js_module"]


class JsModuleError(Error, ImportError):
    """The worker has no such JavaScript module.

    Attributes:
        javascript_module: the path or name that was looked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no JavaScript module {name}")
        self.javascript_module = name
        self.add_note("Put the .mjs file beside the Python file that names it.")


@final
class JsModule:
    """A JavaScript module: its functions take and return Python values.

    A function that returns a promise is awaited by its caller: `await clock.later()`.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def js(self) -> Any:
        """The module itself."""
        return getattr(js.runtime.javascript, self._name)

    def __getattr__(self, name: str) -> Any:
        """An export: a function to call, or any other value as Python has it.

        Raises:
            AttributeError: the module has no such export.
        """
        module = self.js
        value = getattr(module, name, None)
        if value is None and not hasattr(module, name):
            raise AttributeError(f"the JavaScript module {self._name} exports no {name!r}")
        return self._function(name) if js.runtime.isFunction(value) else convert.to_py(value)

    def _function(self, name: str) -> Callable[..., Any]:
        def function(*arguments: Any) -> Any:
            result = calls.call(self.js, name, *arguments)
            return _awaited(result) if hasattr(result, "then") else convert.to_py(result)

        function.__name__ = name
        return function

    def __repr__(self) -> str:
        return f"<JsModule {self._name}>"


async def _awaited(promise: Any) -> Any:
    from worker_sys.aio import wait

    return convert.to_py(await wait(promise))


def js_module(name: str) -> JsModule:
    """A JavaScript module, imported statically by the built worker; call it at module level.

    Args:
        name: a path relative to the calling Python file, such as `./clock.mjs`, or a module of the
            platform:
            `node:crypto`, `cloudflare:workers`.

    Raises:
        JsModuleError: (a build error) there is no such module.

    Example:
        clock = js_module("./clock.mjs")
        clock.now()
    """
    if name.startswith((".", "/")):
        file: str = sys._getframe(1).f_globals.get("__file__", "")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
    # On CPython an app that has JavaScript of its own must import; calling it raises.
    if js.IN_WORKER and not hasattr(js.runtime.javascript, name):
        raise JsModuleError(name)
    return JsModule(name)
