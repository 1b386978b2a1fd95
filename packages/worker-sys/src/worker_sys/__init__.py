"""The FFI layer of `worker`: one door, one gate, and owners for what lives on both sides.

Modules:
    js: the door to `js` and `pyodide.ffi`.
    convert: values, both ways; `decode` gives them a type.
    errors: the root of all exceptions, and errors, both ways.
    calls: JavaScript methods called from Python.
    proxies: Python functions called from JavaScript.
    aio, events: waiting, and who owns what.
"""

from worker_sys.errors import Error as Error
from worker_sys.errors import NotInWorker as NotInWorker
