"""One accessor for each kind of binding: what `Env` and the router's context have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from worker_sys import convert

from worker.ai import Ai
from worker.analytics_engine import AnalyticsEngineDataset
from worker.assets import Assets
from worker.browser import Browser
from worker.d1 import D1Database
from worker.dispatch import DynamicDispatcher, WorkerLoader
from worker.email import SendEmail
from worker.hyperdrive import Hyperdrive
from worker.images import Images
from worker.kv import KvStore
from worker.mtls import MtlsCertificate
from worker.pipelines import Pipeline
from worker.queue import Queue
from worker.r2 import Bucket
from worker.rate_limit import RateLimiter
from worker.secret_store import SecretStore
from worker.service import Fetcher
from worker.vectorize import Vectorize
from worker.version_metadata import WorkerVersionMetadata

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.durable.namespace import ObjectNamespace, ObjectStub
    from worker.workflow import Workflow

__all__ = ["Bindings"]


class Bindings:
    """Bindings by name and kind.

    Every accessor raises `BindingError` when the environment has no binding of that name, or when
    what it has provably is of another kind; the error's notes say what to add to the wrangler file.
    """

    __slots__ = ()

    def _bound(self, kind: str, name: str) -> Any:
        """The JavaScript object of a binding.

        Args:
            kind: a key of `worker._kinds.KINDS`.
            name: the name in the wrangler file.

        Raises:
            BindingError: it is absent or of another kind.
        """
        raise NotImplementedError

    def ai(self, name: str) -> Ai:
        """Workers AI (`Env::ai`)."""
        return Ai._from_js(self._bound("ai", name))

    def analytics_engine(self, name: str) -> AnalyticsEngineDataset:
        """A dataset of Analytics Engine (`Env::analytics_engine`)."""
        return AnalyticsEngineDataset._from_js(self._bound("analytics_engine", name))

    def assets(self, name: str) -> Assets:
        """The static assets (`Env::assets`)."""
        return Assets._from_js(self._bound("assets", name))

    def browser(self, name: str) -> Browser:
        """A browser."""
        return Browser._from_js(self._bound("browser", name))

    def bucket(self, name: str) -> Bucket:
        """An R2 bucket (`Env::bucket`)."""
        return Bucket._from_js(self._bound("bucket", name))

    def d1(self, name: str) -> D1Database:
        """A D1 database (`Env::d1`)."""
        return D1Database._from_js(self._bound("d1", name))

    @overload
    def durable_object(self, name: str) -> ObjectNamespace[ObjectStub]: ...
    @overload
    def durable_object[T](self, name: str, cls: type[T]) -> ObjectNamespace[T]: ...
    def durable_object(self, name: str, cls: type[Any] | None = None) -> ObjectNamespace[Any]:
        """The Durable Objects of one class (`Env::durable_object`).

        Args:
            name: the binding's name.
            cls: the class, so that type checkers know what its stubs can do.
        """
        from worker.durable.namespace import ObjectNamespace

        return ObjectNamespace[Any]._from_js(self._bound("durable_object", name))

    def dynamic_dispatcher(self, name: str) -> DynamicDispatcher:
        """The workers of a dispatch namespace (`Env::dynamic_dispatcher`)."""
        return DynamicDispatcher._from_js(self._bound("dynamic_dispatcher", name))

    def hyperdrive(self, name: str) -> Hyperdrive:
        """A database behind Hyperdrive (`Env::hyperdrive`)."""
        return Hyperdrive._from_js(self._bound("hyperdrive", name))

    def images(self, name: str) -> Images:
        """Pictures."""
        return Images._from_js(self._bound("images", name))

    def kv(self, name: str) -> KvStore:
        """A KV namespace (`Env::kv`)."""
        return KvStore._from_js(self._bound("kv", name))

    def mtls(self, name: str) -> MtlsCertificate:
        """Requests with a client certificate."""
        return MtlsCertificate._from_js(self._bound("mtls", name))

    @overload
    def object_var(self, name: str) -> Any: ...
    @overload
    def object_var[T](self, name: str, type: TypeForm[T]) -> T: ...
    def object_var(self, name: str, type: Any = None) -> Any:
        """A variable that is a table or a list in the wrangler file (`Env::object_var`).

        Args:
            name: the variable's name.
            type: the type to decode to; plain Python values when not given.

        Raises:
            BindingError: there is none, or it is text.
            DecodeError: it is not of that type.
        """
        value = convert.to_py(self._bound("object_var", name))
        return value if type is None else convert.decode(value, type)

    def pipeline(self, name: str) -> Pipeline:
        """A pipeline."""
        return Pipeline._from_js(self._bound("pipeline", name))

    def queue(self, name: str) -> Queue:
        """The sending end of a queue (`Env::queue`)."""
        return Queue._from_js(self._bound("queue", name))

    def rate_limiter(self, name: str) -> RateLimiter:
        """A rate limit (`Env::rate_limiter`)."""
        return RateLimiter._from_js(self._bound("rate_limiter", name))

    def secret(self, name: str) -> str:
        """A secret of this worker (`Env::secret`)."""
        return self._bound("secret", name)

    def secret_store(self, name: str) -> SecretStore:
        """A secret of the account (`Env::secret_store`)."""
        return SecretStore._from_js(self._bound("secret_store", name))

    def send_email(self, name: str) -> SendEmail:
        """Outgoing e-mail (`Env::send_email`)."""
        return SendEmail._from_js(self._bound("send_email", name))

    def service(self, name: str) -> Fetcher:
        """Another worker (`Env::service`)."""
        return Fetcher._from_js(self._bound("service", name))

    def var(self, name: str) -> str:
        """A variable that is text (`Env::var`)."""
        return self._bound("var", name)

    def vectorize(self, name: str) -> Vectorize:
        """An index of vectors."""
        return Vectorize._from_js(self._bound("vectorize", name))

    def version_metadata(self, name: str) -> WorkerVersionMetadata:
        """Which version of the worker is running."""
        return WorkerVersionMetadata._from_js(self._bound("version_metadata", name))

    def worker_loader(self, name: str) -> WorkerLoader:
        """Workers from source."""
        return WorkerLoader._from_js(self._bound("worker_loader", name))

    def workflow(self, name: str) -> Workflow:
        """A workflow."""
        from worker.workflow import Workflow

        return Workflow._from_js(self._bound("workflow", name))
