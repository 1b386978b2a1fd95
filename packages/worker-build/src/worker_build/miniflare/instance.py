"""`Miniflare`: one real Miniflare, with the real workerd below it, driven from Python."""

from __future__ import annotations

import contextlib
import json as _json
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from worker_build.miniflare import config
from worker_build.miniflare._process import Helper
from worker_build.miniflare.bindings import D1, R2, Kv, Queue, QueueMessage, Secret
from worker_build.miniflare.durable import DurableObjects
from worker_build.miniflare.errors import ConfigError, Gone, JsError, StartError
from worker_build.miniflare.logs import LogLine, Logs
from worker_build.miniflare.mocks import Mock, Mocks

if TYPE_CHECKING:
    import httpx
    from websockets.sync.client import ClientConnection

_START_TIMEOUT = 120.0
_CONFIG = "WRANGLER_FILE"
_ORIGINAL_URL = "MF-Original-URL"
_CF = "MF-CF-Blob"


class Miniflare:
    """A worker that runs under Miniflare, on a loopback port of its own.

    Use it in a `with`; it starts there and ends with its workerd on leaving. Storage lives in
    memory unless options say otherwise (`kvPersist`, `defaultPersistRoot`, …).

    Args:
        build: the build folder (`index.js` or `worker/shim.mjs` in it), or the main module itself.
        options: Miniflare's own options by their own names: `kvNamespaces`, `d1Databases`,
            `durableObjects`, `bindings`, `compatibilityDate`, …
        outbound: answers for requests to the outside, by URL or by prefix ending in `*`; what no
            mock answers is refused with a 502 and logged. None leaves the network as Miniflare
            has it.
        services: answers for service bindings, by their name.
        echo: called with each line that the worker logs, in a thread of its own.
        port: 0 for a free one.

    Source: https://developers.cloudflare.com/workers/testing/miniflare/
    """

    def __init__(
        self,
        build: str | Path,
        options: Mapping[str, Any] | None = None,
        *,
        outbound: Mapping[str, Mock] | None = None,
        services: Mapping[str, Mock] | None = None,
        echo: Callable[[LogLine], None] | None = None,
        port: int = 0,
    ) -> None:
        self._main = config.main_module(Path(build).absolute())
        self._options = dict(options or {})
        self._project: dict[str, str | None] | None = None
        self._cwd = self._main.parent
        self._mocks = Mocks(outbound, services or {})
        self._port = port
        self._helper: Helper | None = None
        self._client: httpx.Client | None = None
        self._url = ""
        self.logs = Logs(echo)
        """What the worker wrote to its console; a sequence of `LogLine`."""

    @classmethod
    def from_project(
        cls,
        path: str | Path,
        env: str | None = None,
        *,
        build: str | Path | None = None,
        outbound: Mapping[str, Mock] | None = None,
        services: Mapping[str, Mock] | None = None,
        echo: Callable[[LogLine], None] | None = None,
        port: int = 0,
        **options: Any,
    ) -> Self:
        """Make a Miniflare for a built project, with what its wrangler file says.

        Bindings, variables, `.dev.vars` and environments are read by wrangler's own readers.

        Args:
            path: the project's folder, or its wrangler file.
            env: the wrangler environment.
            build: the build folder; `build` beside the wrangler file when None.
            outbound: as in the constructor.
            services: as in the constructor; they win over the file's.
            echo: as in the constructor.
            port: as in the constructor.
            options: Miniflare's own options; they win over the file's.

        Raises:
            FileNotFoundError: there is no wrangler file, or no build.
        """
        file = config.find(path)
        made = cls(
            build or file.parent / "build",
            options,
            outbound=outbound,
            services=services,
            echo=echo,
            port=port,
        )
        made._project = {"path": str(file), "env": env}
        made._cwd = file.parent
        return made

    def start(self) -> None:
        """Start it; `with` does.

        Raises:
            StartError: the worker does not start.
            ConfigError: wrangler refuses the project's file.
        """
        import httpx

        if self._helper is not None:
            return
        self._helper = Helper(str(self._cwd), self._on_message)
        try:
            self._apply("start")
        except BaseException:
            self.close()
            raise
        # A connection on which the worker left a body unread is closed, sometimes under the next
        # request: each request has a connection of its own.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(trust_env=False, timeout=60.0, limits=limits)

    def close(self) -> None:
        """End it with its workerd; `with` does. May be called twice."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._helper is not None:
            self._helper.close()
            self._helper = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_options(self, **options: Any) -> None:
        """Change some of Miniflare's options and restart the worker; storage in memory is kept.

        Raises:
            StartError: the worker does not start with them.
        """
        self._options.update(options)
        self.reload()

    def reload(self) -> None:
        """Restart the worker from the files as they are now: those of the build and wrangler's."""
        self._apply("reload")

    @property
    def url(self) -> str:
        """The address that the worker answers at, with a final slash."""
        if not self._url:
            raise Gone("this Miniflare does not run: use it in a `with`")
        return self._url

    def fetch(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        body: str | bytes | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        cf: Mapping[str, Any] | None = None,
        follow_redirects: bool = False,
        timeout: float = 60.0,
    ) -> httpx.Response:
        """Send a request to the worker over HTTP and return its response, read to its end.

        Args:
            path: a path with its query; or a whole URL, which the worker sees as the request's.
            method: any HTTP method.
            headers: names and values.
            body: the raw body; or
            json: a value to send as JSON; or
            form: fields of a form, with
            files: its files, as httpx takes them.
            cf: what the worker sees as `req.cf`; Miniflare's placeholder when None.
            follow_redirects: whether a redirect is followed.
            timeout: seconds.
        """
        url, extra = self._target(path)
        if cf is not None:
            extra = [*extra, (_CF, _json.dumps(cf))]
        return self._http.request(
            method,
            url,
            headers=[*_pairs(headers), *extra],
            content=body,
            json=json,
            data=form,
            files=files,
            follow_redirects=follow_redirects,
            timeout=timeout,
        )

    @contextlib.contextmanager
    def stream(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        body: str | bytes | None = None,
        timeout: float = 60.0,
    ) -> Generator[httpx.Response]:
        """Send a request and give the response before its body has been read."""
        url, extra = self._target(path)
        pairs = [*_pairs(headers), *extra]
        with self._http.stream(
            method, url, headers=pairs, content=body, timeout=timeout
        ) as response:
            yield response

    def websocket(
        self,
        path: str = "/",
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] | None = None,
        timeout: float = 60.0,
    ) -> ClientConnection:
        """Open a WebSocket to the worker; a context manager with `send`, `recv` and `close`.

        Raises:
            websockets.exceptions.InvalidStatus: the worker answered without an upgrade.
        """
        from typing import cast

        from websockets.sync.client import connect

        return connect(
            self.url.replace("http", "ws", 1) + path.removeprefix("/"),
            additional_headers=headers,
            subprotocols=cast("Any", subprotocols),
            open_timeout=timeout,
            proxy=None,
        )

    def kv(self, name: str) -> Kv:
        """Return the KV namespace of a binding."""
        return Kv(self._call, name)

    def d1(self, name: str) -> D1:
        """Return the D1 database of a binding."""
        return D1(self._call, name)

    def r2(self, name: str) -> R2:
        """Return the R2 bucket of a binding."""
        return R2(self._call, name)

    def queue(self, name: str) -> Queue:
        """Return the queue's producer of a binding."""
        return Queue(self._call, name)

    def secret(self, name: str) -> Secret:
        """Return the secrets-store secret of a binding."""
        return Secret(self._call, name)

    def durable_objects(self, binding: str) -> DurableObjects:
        """Return the Durable Objects of a binding."""
        return DurableObjects(self._call, binding)

    def evict_durable_object(
        self, binding: str, *, name: str | None = None, id: str | None = None
    ) -> None:
        """Drop an object from memory; its next event constructs it again."""
        self.durable_objects(binding).evict(name=name, id=id)

    def purge_cache(self, name: str | None = None) -> int:
        """Empty the default cache, or the one of a name, and return how many entries it had."""
        return self._call("purgeCache", name=name)

    def scheduled(self, *, cron: str | None = None, time: datetime | None = None) -> str:
        """Run the scheduled handler and return its outcome, `ok` or `exception`."""
        return self._call("scheduled", cron=cron, time=time)["outcome"]

    def dispatch_queue(self, queue: str, messages: Sequence[QueueMessage]) -> dict[str, Any]:
        """Run the queue handler with a batch.

        Returns:
            `outcome`, `ackAll`, `retryBatch`, `explicitAcks` and `retryMessages`, as the runtime
            reports them.
        """
        now = datetime.now().astimezone()
        plain = [
            {"id": m.id, "timestamp": m.timestamp or now, "attempts": m.attempts, "body": m.body}
            for m in messages
        ]
        return self._call("queue", name=queue, messages=plain)

    def dispatch_email(self, raw: str | bytes, *, sender: str, to: str) -> httpx.Response:
        """Run the email handler with a raw message (RFC 5322, at most 1 MiB, with a Message-ID).

        Returns:
            200 when the worker took it, 400 with the reason when it rejected it or raised.
        """
        params = {"from": sender, "to": to}
        content = raw.encode() if isinstance(raw, str) else raw
        return self._http.post(f"{self.url}cdn-cgi/handler/email", params=params, content=content)

    @property
    def _http(self) -> httpx.Client:
        if self._client is None:
            raise Gone("this Miniflare does not run: use it in a `with`")
        return self._client

    def _target(self, path: str) -> tuple[str, list[tuple[str, str]]]:
        if not path.startswith(("http://", "https://")):
            return self.url + path.removeprefix("/"), []
        rest = path.partition("://")[2].partition("/")[2]
        return self.url + rest, [(_ORIGINAL_URL, path)]

    def _call(self, op: str, **args: Any) -> Any:
        if self._helper is None:
            raise Gone("this Miniflare does not run: use it in a `with`")
        return self._helper.call(op, **args)

    def _apply(self, op: str) -> None:
        options = {
            "modules": True,
            "modulesRules": [{"type": "CompiledWasm", "include": ["**/*.wasm"]}],
            "modulesRoot": self._main.parent,
            "scriptPath": self._main,
            **self._options,
        }
        try:
            started = self._call(
                op,
                timeout=_START_TIMEOUT,
                project=self._project,
                options=options,
                outbound=self._mocks.outbound,
                services=self._mocks.services,
                port=self._port,
            )
        except JsError as error:
            raise self._start_error(error) from error
        self._url = started["url"]

    def _start_error(self, error: JsError) -> Exception:
        if error.code == _CONFIG:
            return ConfigError(error.message)
        console = "\n".join(line.message for line in self.logs.at("error"))
        said = self._helper.said if self._helper else ""
        parts = (error.message, console, said)
        return StartError("\n".join(part for part in parts if part.strip()))

    def _on_message(self, message: dict[str, Any]) -> None:
        if "log" in message:
            line = message["log"]
            self.logs._add(line["level"], line["message"], line["timestamp"])
        elif "ask" in message:
            threading.Thread(target=self._reply, args=(message,), daemon=True).start()

    def _reply(self, message: dict[str, Any]) -> None:
        reply = self._mocks.call(message["mock"], message["request"])
        if self._helper is not None:
            with contextlib.suppress(Gone):
                self._helper.send({"answer": message["ask"], "reply": reply})


def _pairs(
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None,
) -> list[tuple[str, str]]:
    if headers is None:
        return []
    return list(headers.items()) if isinstance(headers, Mapping) else list(headers)
