"""The typed env class that `worker-build types` writes, from all of a wrangler file."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from worker._bindings import Bindings
from worker._kinds import KINDS as worker_kinds
from worker_build import env_types
from worker_build.errors import BuildError

WRANGLER = """
name = "app"
compatibility_date = "2026-04-01"
vars = { GREETING = "hi", LIMITS = { day = 5 }, DEBUG = false, "odd-name" = "x", kv = "clash" }
kv_namespaces = [{ binding = "CACHE", id = "CACHE" }]
d1_databases = [{ binding = "DB", database_name = "db", database_id = "db" }]
r2_buckets = [{ binding = "FILES", bucket_name = "files" }]
services = [{ binding = "OTHER", service = "other" }]
ai = { binding = "AI" }

[[queues.producers]]
binding = "JOBS"
queue = "jobs"

[[durable_objects.bindings]]
name = "ROOM"
class_name = "Chatroom"

[[durable_objects.bindings]]
name = "FOREIGN"
class_name = "Chatroom"
script_name = "other"

[env.staging]
vars = { ONLY_STAGING = "1" }
"""

EXPECTED = '''\
"""The bindings of wrangler.toml: made by `worker-build types`, not by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

import worker

if TYPE_CHECKING:
    import main
    from worker.ai import Ai
    from worker.d1 import D1Database
    from worker.durable import ObjectNamespace, ObjectStub
    from worker.kv import KvStore
    from worker.queue import Queue
    from worker.r2 import Bucket
    from worker.service import Fetcher


class Env(worker.Env):
    """The env of this project; `Env.of(env)` makes one of what an event gives."""

    __slots__ = ()

    @classmethod
    def of(cls, env: worker.Env) -> Self:
        """Return the same env with a property for each binding."""
        return cls._from_js(env.js)

    @property
    def AI(self) -> Ai:
        return self.ai("AI")

    @property
    def CACHE(self) -> KvStore:
        return self.kv("CACHE")

    @property
    def DB(self) -> D1Database:
        return self.d1("DB")

    @property
    def DEBUG(self) -> bool:
        return self.object_var("DEBUG")

    @property
    def FILES(self) -> Bucket:
        return self.bucket("FILES")

    @property
    def FOREIGN(self) -> ObjectNamespace[ObjectStub]:
        return self.durable_object("FOREIGN")

    @property
    def GREETING(self) -> str:
        return self.var("GREETING")

    @property
    def JOBS(self) -> Queue:
        return self.queue("JOBS")

    @property
    def LIMITS(self) -> Any:
        return self.object_var("LIMITS")

    @property
    def OTHER(self) -> Fetcher:
        return self.service("OTHER")

    @property
    def ROOM(self) -> ObjectNamespace[main.Chatroom]:
        return cast("ObjectNamespace[main.Chatroom]", self.durable_object("ROOM"))

    @property
    def TOKEN(self) -> str:
        return self.secret("TOKEN")

    # By `env[name]` only, for their names: kv, odd-name.
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.py").touch()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (tmp_path / "wrangler.toml").write_text(WRANGLER)
    (tmp_path / ".dev.vars").write_text("TOKEN=secret\n")
    (tmp_path / "build").mkdir()
    manifest = {"objects": [{"name": "Chatroom", "module": "main", "qualname": "Chatroom"}]}
    (tmp_path / "build" / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def written(project: Path, env: str | None = None, *, check: bool = False) -> str:
    return env_types.write(project, env=env, output=None, check=check).read_text("utf-8")


def test_each_binding_is_a_typed_property(project: Path) -> None:
    assert written(project) == EXPECTED


def test_an_environment_has_its_own(project: Path) -> None:
    text = written(project, "staging")
    ast.parse(text)
    assert "ONLY_STAGING" in text
    assert "CACHE" not in text


def test_without_a_build_objects_are_of_any_class(project: Path) -> None:
    (project / "build" / "manifest.json").unlink()
    text = written(project)
    assert "def ROOM(self) -> ObjectNamespace[ObjectStub]:" in text
    assert "import main" not in text


def test_no_bindings_make_an_empty_class(project: Path) -> None:
    (project / ".dev.vars").unlink()
    (project / "wrangler.toml").write_text('name = "app"\n')
    text = written(project)
    ast.parse(text)
    assert "TYPE_CHECKING" not in text


def test_check_fails_when_the_file_is_out_of_date(project: Path) -> None:
    with pytest.raises(BuildError, match="out of date"):
        written(project, check=True)
    written(project)
    written(project, check=True)


def test_no_wrangler_file_and_a_wrong_one_are_refused(project: Path) -> None:
    (project / "wrangler.toml").write_text("name = 5\n")
    with pytest.raises(BuildError, match="name") as raised:
        written(project)
    assert raised.value.code == "WB106"
    (project / "wrangler.toml").unlink()
    with pytest.raises(BuildError, match="no wrangler file"):
        written(project)


def test_the_kinds_are_those_of_the_env_itself() -> None:
    known = {kind.accessor: kind for kind in env_types.KINDS}
    assert set(worker_kinds) - set(known) == {"durable_object", "object_var", "secret", "var"}
    for accessor, kind in known.items():
        returned = getattr(Bindings, accessor).__annotations__["return"]
        assert returned == kind.type
        assert hasattr(importlib.import_module(kind.home), kind.type)
        section = worker_kinds[accessor].section
        assert section == kind.section


EVERY_KIND = """
name = "app"
compatibility_date = "2026-04-01"
vars = { TEXT = "t", FLAG = true, DATA = [1] }
kv_namespaces = [{ binding = "A", id = "a" }]
d1_databases = [{ binding = "B", database_name = "b", database_id = "b" }]
r2_buckets = [{ binding = "C", bucket_name = "ccc" }]
services = [{ binding = "D", service = "d" }]
ai = { binding = "E" }
browser = { binding = "F" }
images = { binding = "G" }
vectorize = [{ binding = "H", index_name = "h" }]
workflows = [{ binding = "I", name = "i", class_name = "Flow" }]
send_email = [{ name = "J" }]
hyperdrive = [{ binding = "K", id = "k", localConnectionString = "postgres://u:p@localhost/d" }]
analytics_engine_datasets = [{ binding = "L", dataset = "l" }]
ratelimits = [{ name = "M", namespace_id = "1", simple = { limit = 10, period = 60 } }]
secrets_store_secrets = [{ binding = "N", store_id = "s", secret_name = "n" }]
mtls_certificates = [{ binding = "O", certificate_id = "o" }]
dispatch_namespaces = [{ binding = "P", namespace = "p" }]
pipelines = [{ binding = "Q", pipeline = "q" }]
version_metadata = { binding = "R" }
worker_loaders = [{ binding = "S" }]
assets = { binding = "T", directory = "./src" }
durable_objects.bindings = [{ name = "U", class_name = "Chatroom" }]
queues.producers = [{ binding = "V", queue = "v" }]
"""

USE = """
from typing import assert_type

import worker
from worker.d1 import D1Database
from worker.durable import DurableObject, ObjectNamespace
from worker.kv import KvStore
from worker_env import Env


class Chatroom(DurableObject):
    async def say(self, words: str) -> int:
        return len(words)


async def use(given: worker.Env) -> None:
    env = Env.of(given)
    assert_type(env.A, KvStore)
    assert_type(env.B, D1Database)
    assert_type(env.TEXT, str)
    assert_type(env.FLAG, bool)
    assert_type(env.U, ObjectNamespace[Chatroom])
    assert_type(await env.U.get_by_name("x").say("hello"), int)
"""


def test_the_class_of_every_kind_is_clean_under_strict_type_checking(project: Path) -> None:
    (project / "wrangler.toml").write_text(EVERY_KIND)
    (project / "src" / "main.py").write_text(USE)
    text = written(project)
    for kind in env_types.KINDS:
        assert f".{kind.accessor}(" in text, kind.section
    settings = {"typeCheckingMode": "strict", "executionEnvironments": [{"root": "src"}]}
    (project / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
