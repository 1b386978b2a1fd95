# ruff: noqa: E501  the JavaScript of a test reads best in one line
"""What each binding sends, seen from JavaScript objects with the published method names.

The real products answer in the sandbox's tests where Miniflare has them. What only the platform has
(models, vectors, pictures, browsers, dispatch, storage classes, customers' keys) is held to its
published shape here.
"""

from typing import Any

import pytest

pytestmark = pytest.mark.pyodide

PRELUDE = r'''
import json
from pyodide.code import run_js

recorder = run_js("""(methods) => {
  const calls = [];
  const show = (v) => v instanceof Uint8Array ? { bytes: [...v] }
    : v instanceof Date ? { date: v.toISOString() }
    : v instanceof Headers ? { headers: [...v] }
    : v instanceof ReadableStream ? { stream: true }
    : v instanceof Blob ? { blob: v.type }
    : v instanceof AbortSignal ? { signal: v.aborted }
    : typeof v === 'function' ? { function: true }
    : v === undefined ? { undefined: true }
    : Array.isArray(v) ? v.map(show)
    : v && v.constructor === Object
      ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, show(x)]))
    : v;
  const made = { seen: () => JSON.stringify(calls) };
  for (const [name, answer] of Object.entries(methods)) {
    made[name] = typeof answer !== 'function' ? answer : (...given) => {
      calls.push([name, ...given.map(show)]);
      return answer(...given);
    };
  }
  return made;
}""")

def made(methods):
    return recorder(run_js(f"({methods})"))

def seen(target):
    return json.loads(target.seen())
'''


@pytest.fixture
def run(pyodide):
    def run(code: str) -> Any:
        return pyodide.run(PRELUDE + code)

    return run


def test_only_the_options_that_are_given_are_sent_to_kv(run):
    assert run("""
from datetime import datetime, timedelta, UTC
from worker.kv import KvStore
target = made("{ get: async () => '7', put: async () => undefined, list: async () => ({ keys: [], list_complete: true, cacheStatus: null }) }")
store = KvStore._from_js(target)
await store.get("k")
await store.get("k", int, cache_ttl=60)
await store.put("k", b"\\x01", expiration_ttl=timedelta(minutes=2), metadata={"a": None})
await store.put("k", {"a": 1}, expiration=datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC))
await store.list(prefix="p")
seen(target)
""") == [
        ["get", "k", "text"],
        ["get", "k", {"type": "text", "cacheTtl": 60}],
        ["put", "k", {"bytes": [1]}, {"expirationTtl": 120, "metadata": {"a": None}}],
        ["put", "k", '{"a":1}', {"expiration": 2_000_000_000}],
        ["list", {"prefix": "p"}],
    ]


def test_every_option_of_r2_is_sent_under_its_own_name(run):
    calls = run("""
from datetime import datetime, UTC
from worker.headers import Headers
from worker.r2 import Bucket, Conditional, HttpMetadata, Range
target = made("{ get: async () => null, put: async () => null, createMultipartUpload: async () => ({}) }")
bucket = Bucket._from_js(target)
when = datetime(2026, 1, 2, tzinfo=UTC)
await bucket.get("k", only_if=Conditional(etag_matches="e", uploaded_before=when, seconds_granularity=True), range=Range(suffix=2), ssec_key=b"\\x01")
await bucket.get("k", only_if=Headers({"if-match": "x"}), range=Headers({"range": "bytes=0-1"}))
await bucket.put("k", None, http_metadata=HttpMetadata(content_type="a/b", cache_expiry=when), custom_metadata={"a": "b"}, sha256="00", storage_class="InfrequentAccess", ssec_key="11")
await bucket.create_multipart_upload("k", storage_class="Standard", ssec_key="22")
seen(target)
""")
    assert calls == [
        [
            "get",
            "k",
            {
                "onlyIf": {
                    "etagMatches": "e",
                    "uploadedBefore": {"date": "2026-01-02T00:00:00.000Z"},
                    "secondsGranularity": True,
                },
                "range": {"suffix": 2},
                "ssecKey": {"bytes": [1]},
            },
        ],
        [
            "get",
            "k",
            {
                "onlyIf": {"headers": [["if-match", "x"]]},
                "range": {"headers": [["range", "bytes=0-1"]]},
            },
        ],
        [
            "put",
            "k",
            None,
            {
                "httpMetadata": {
                    "contentType": "a/b",
                    "cacheExpiry": {"date": "2026-01-02T00:00:00.000Z"},
                },
                "customMetadata": {"a": "b"},
                "sha256": "00",
                "storageClass": "InfrequentAccess",
                "ssecKey": "11",
            },
        ],
        ["createMultipartUpload", "k", {"storageClass": "Standard", "ssecKey": "22"}],
    ]


def test_messages_of_a_queue(run):
    assert run("""
from worker.queue import Queue, SendMessage
target = made("{ send: async () => ({ metadata: { metrics: { backlogCount: 1, backlogBytes: 2 } } }), sendBatch: async () => undefined }")
queue = Queue._from_js(target)
metrics = await queue.send({"a": (1, None)}, delay=5)
await queue.send(b"\\x01", content_type="bytes")
await queue.send({"when": {1, 2}}, content_type="json")
await queue.send_batch([None, SendMessage("x", content_type="text", delay=1)], delay=2)
[metrics.backlog_count, *seen(target)]
""") == [
        1,
        ["send", {"a": [1, None]}, {"contentType": "json", "delaySeconds": 5}],
        ["send", {"bytes": [1]}, {"contentType": "bytes"}],
        ["send", {"when": [1, 2]}, {"contentType": "json"}],
        [
            "sendBatch",
            [
                {"body": None, "contentType": "json"},
                {"body": "x", "contentType": "text", "delaySeconds": 1},
            ],
            {"delaySeconds": 2},
        ],
    ]


def test_a_batch_acknowledges_and_retries(run):
    assert run("""
from worker.queue import MessageBatch
first = made("{ id: '1', body: 'text', attempts: 2, timestamp: new Date(0), ack: () => {}, retry: () => {} }")
second = made("{ id: '2', body: { a: 1 }, attempts: 1, timestamp: new Date(0), ack: () => {}, retry: () => {} }")
target = made("{ queue: 'orders', ackAll: () => {}, retryAll: () => {} }")
target.messages = run_js("(...all) => all")(first, second)
batch = MessageBatch._from_js(target)
texts = batch.messages(str)
texts[0].retry(delay=3)
batch.retry_all(delay=4)
batch.ack_all()
[len(batch), batch.queue, [m.body for m in texts], texts[0].attempts, texts[0].timestamp.isoformat(), seen(first), seen(second), seen(target)]
""") == [
        2,
        "orders",
        ["text"],
        2,
        "1970-01-01T00:00:00+00:00",
        [["retry", {"delaySeconds": 3}]],
        [["retry"]],
        [["retryAll", {"delaySeconds": 4}], ["ackAll"]],
    ]


def test_models(run):
    assert run("""
from worker.ai import Ai, Document, GatewayOptions, GatewayRetries
target = made('''{
  aiGatewayLogId: 'log',
  run: async (model, inputs, options) => options.returnRawResponse ? new Response('raw')
    : options.queueRequest ? { request_id: 'r1' }
    : inputs.stream ? new Blob(['data: {"response":"a"}\\\\n\\\\ndata: {"response":"b"}\\\\n\\\\ndata: [DONE]\\\\n\\\\n']).stream()
    : inputs.image ? new Blob(['png']).stream() : { response: 'hi' },
  models: async () => [{ id: '1', name: '@cf/x', description: 'd', task: { name: 't' }, tags: [], properties: [] }],
  toMarkdown: async (files) => files.map((f) => ({ id: '1', name: f.name, mimeType: f.blob.type, format: 'markdown', tokens: 1, data: '# x' })),
}''')
ai = Ai._from_js(target)
gateway = GatewayOptions(id="g", cache_ttl=60, retries=GatewayRetries(max_attempts=2))
out = [
    await ai.run("@cf/x", {"prompt": "p"}, dict, gateway=gateway, tags=["a"]),
    await (await ai.run_bytes("@cf/x", {"image": True})).text(),
    [piece async for piece in ai.run_stream("@cf/x", {"prompt": "p"})],
    await (await ai.run_response("@cf/x", {})).text(),
    await ai.enqueue("@cf/x", [{"prompt": "1"}]),
    [model.name for model in await ai.models(task="t", per_page=1)],
    [found.data for found in await ai.to_markdown(Document("a.txt", b"x", "text/plain"), conversion={"html": {"css_selector": "main", "images": {"convert_og_image": True, "max_converted_images": 2}}, "pdf": {"metadata": False}})],
    ai.log_id,
]
try:
    await ai.run_bytes("@cf/x", {})
except Exception as error:
    out.append(str(error))
[*out, seen(target)]
""") == [
        {"response": "hi"},
        "png",
        [{"response": "a"}, {"response": "b"}],
        "raw",
        "r1",
        ["@cf/x"],
        ["# x"],
        "log",
        "AI model did not return binary data. Use run() for non-binary responses.",
        [
            [
                "run",
                "@cf/x",
                {"prompt": "p"},
                {
                    "gateway": {"id": "g", "cacheTtl": 60, "retries": {"maxAttempts": 2}},
                    "tags": ["a"],
                },
            ],
            ["run", "@cf/x", {"image": True}, {}],
            ["run", "@cf/x", {"prompt": "p", "stream": True}, {}],
            ["run", "@cf/x", {}, {"returnRawResponse": True}],
            ["run", "@cf/x", {"requests": [{"prompt": "1"}]}, {"queueRequest": True}],
            ["models", {"per_page": 1, "task": "t"}],
            [
                "toMarkdown",
                [{"name": "a.txt", "blob": {"blob": "text/plain"}}],
                {
                    "conversionOptions": {
                        "html": {
                            "cssSelector": "main",
                            "images": {"convertOGImage": True, "maxConvertedImages": 2},
                        },
                        "pdf": {"metadata": False},
                    }
                },
            ],
            ["run", "@cf/x", {}, {}],
        ],
    ]


def test_a_gateway(run):
    assert run("""
from worker.ai import AiGateway, GatewayOptions, GatewayRequest
target = made("{ run: async () => new Response('ok'), patchLog: async () => {}, getUrl: async (p) => `https://${p}`, getLog: async (id) => ({ id, tokens_in: 3, custom_cost: false, created_at: new Date(0), later: 1 }) }")
gateway = AiGateway._from_js(target)
request = GatewayRequest(provider="openai", endpoint="chat", query={"a": 1})
answer = await gateway.run(request, gateway=GatewayOptions(skip_cache=True))
await gateway.run([request])
await gateway.patch_log("log", feedback=1)
log = await gateway.get_log("7")
[await answer.text(), await gateway.get_url("openai"), log.id, log.tokens_in, log.model, log.created_at.isoformat(), seen(target)]
""") == [
        "ok",
        "https://openai",
        "7",
        3,
        None,
        "1970-01-01T00:00:00+00:00",
        [
            [
                "run",
                {"provider": "openai", "endpoint": "chat", "headers": {}, "query": {"a": 1}},
                {"gateway": {"skipCache": True}},
            ],
            [
                "run",
                [{"provider": "openai", "endpoint": "chat", "headers": {}, "query": {"a": 1}}],
                {},
            ],
            ["patchLog", "log", {"feedback": 1}],
            ["getLog", "7"],
            ["getUrl", "openai"],
        ],
    ]


def test_vectors(run):
    assert run("""
from worker.vectorize import Vector, Vectorize
target = made('''{
  query: async () => ({ count: 1, matches: [{ id: 'a', score: 0.5, values: new Float32Array([1, 2]), metadata: { year: 2020 } }] }),
  queryById: async () => ({ count: 0, matches: [] }),
  insert: async () => ({ mutationId: 'm' }), upsert: async () => ({ ids: ['a'], count: 1 }),
  deleteByIds: async () => ({ mutationId: 'm' }), getByIds: async () => [{ id: 'a', values: [1, 2], namespace: 'n' }],
  describe: async () => ({ vectorCount: 3, dimensions: 2 }),
}''')
index = Vectorize._from_js(target)
found = await index.query([1, 2.5], top_k=3, namespace="n", return_metadata="all", filter={"year": {"$gte": 2020}})
match = found.matches[0]
deleted = await index.delete_by_ids(("a", "b"))
inserted = await index.insert([Vector("a", [1, 2], metadata={"x": 1})])
upserted = await index.upsert([Vector("a", [1, 2], "n")])
got = await index.get_by_ids(["a"])
[found.count, match.score, match.metadata, inserted.mutation_id, upserted.ids, got[0].namespace,
 (await index.describe()).dimensions, deleted.mutation_id, (await index.query_by_id("a")).count, seen(target)]
""") == [
        1,
        0.5,
        {"year": 2020},
        "m",
        ["a"],
        "n",
        2,
        "m",
        0,
        [
            [
                "query",
                [1, 2.5],
                {
                    "topK": 3,
                    "namespace": "n",
                    "returnMetadata": "all",
                    "filter": {"year": {"$gte": 2020}},
                },
            ],
            ["deleteByIds", ["a", "b"]],
            ["insert", [{"id": "a", "values": [1, 2], "metadata": {"x": 1}}]],
            ["upsert", [{"id": "a", "values": [1, 2], "namespace": "n"}]],
            ["getByIds", ["a"]],
            ["describe"],
            ["queryById", "a", {}],
        ],
    ]


def test_pictures(run):
    assert run("""
from worker.images import Images
from worker.resize import Coordinates, ResizeFlip, Trim
image = made('''{ transform() { return image }, draw() { return image },
  output: async () => ({ contentType: () => 'image/webp', image: () => new Blob(['webp']).stream(), response: () => new Response('webp') }) }'''.replace("return image", "return this.self"))
image.transform = run_js("(self, old) => (...a) => { old(...a); return self; }")(image, image.transform)
image.draw = run_js("(self, old) => (...a) => { old(...a); return self; }")(image, image.draw)
target = made("{ info: async () => ({ format: 'image/png', fileSize: 3, width: 1, height: 2 }) }")
target.input = run_js("(image) => () => image")(image)
images = Images._from_js(target)
info = await images.info(b"png")
result = await images.input(b"png").transform(width=10, fit="cover").transform(gravity=Coordinates(x=0.5, mode="box-center"), trim=Trim(top=1, border=True), border={"color": "red", "width": 1}, flip=ResizeFlip.BOTH).draw(b"mark", opacity=0.5).output("image/webp", quality=80)
[info.width, result.content_type, await result.stream().text(), await result.response().text(), seen(target), seen(image)]
""") == [
        1,
        "image/webp",
        "webp",
        "webp",
        [["info", {"stream": True}]],
        [
            ["transform", {"width": 10, "fit": "cover"}],
            [
                "transform",
                {
                    "gravity": {"x": 0.5, "mode": "box-center"},
                    "flip": "hv",
                    "trim": {"top": 1, "border": True},
                    "border": {"color": "red", "width": 1},
                },
            ],
            ["draw", {"stream": True}, {"opacity": 0.5}],
            ["output", {"format": "image/webp", "quality": 80}],
        ],
    ]


def test_a_browser(run):
    assert run("""
from worker.browser import Browser
target = made("{ quickAction: async () => Response.json({ success: true }) }")
browser = Browser._from_js(target)
answer = await browser.quick_action(
    "screenshot",
    url="https://example.com",
    viewport={"width": 1, "height": 2, "device_scale_factor": 2},
    cookies=[{"name": "a", "value": "b", "http_only": True, "same_site": "Lax"}],
    goto_options={"wait_until": ["load"], "referer": None},
    set_extra_http_headers={"x_y": "1"}, set_javascript_enabled=False, cache_ttl=0,
    screenshot_options={"full_page": True, "clip": {"x": 0, "y": 0, "width": 1, "height": 1}},
)
await browser.quick_action("pdf", html="<p>", pdf_options={"prefer_css_page_size": True, "margin": {"top": "1cm"}})
await browser.quick_action("json", html="<p>", response_format={"type": "json_schema", "json_schema": {"a_b": None}}, custom_ai=[{"model": "m"}])
refusals = []
for action, given in [("pdf", {}), ("pdf", {"url": "u", "html": "h"}), ("scrape", {"url": "u"}), ("json", {"url": "u"})]:
    try:
        await browser.quick_action(action, **given)
    except ValueError as error:
        refusals.append(str(error))
[await answer.json(), refusals, seen(target)]
""") == [
        {"success": True},
        [
            "a quick action needs a url or html, and not both",
            "a quick action needs a url or html, and not both",
            'to scrape takes elements=[{"selector": …}]',
            "a page becomes JSON by a prompt or a response_format",
        ],
        [
            [
                "quickAction",
                "screenshot",
                {
                    "url": "https://example.com",
                    "viewport": {"width": 1, "height": 2, "deviceScaleFactor": 2},
                    "cookies": [{"name": "a", "value": "b", "httpOnly": True, "sameSite": "Lax"}],
                    "gotoOptions": {"waitUntil": ["load"]},
                    "setExtraHTTPHeaders": {"x_y": "1"},
                    "setJavaScriptEnabled": False,
                    "cacheTTL": 0,
                    "screenshotOptions": {
                        "fullPage": True,
                        "clip": {"x": 0, "y": 0, "width": 1, "height": 1},
                    },
                },
            ],
            [
                "quickAction",
                "pdf",
                {
                    "html": "<p>",
                    "pdfOptions": {"preferCSSPageSize": True, "margin": {"top": "1cm"}},
                },
            ],
            [
                "quickAction",
                "json",
                {
                    "html": "<p>",
                    "response_format": {"type": "json_schema", "json_schema": {"a_b": None}},
                    "custom_ai": [{"model": "m"}],
                },
            ],
        ],
    ]


def test_workers_that_are_chosen_or_made(run):
    assert run("""
from worker.dispatch import DynamicDispatcher, Limits, WorkerCode, WorkerLoader, WorkerModule
from worker.service import Fetcher
space = made("{ get: () => ({}) }")
dispatcher = DynamicDispatcher._from_js(space)
dispatcher.get("customer")
dispatcher.get("customer", limits=Limits(cpu_ms=5), outbound={"user": "a"})
loader_js = made("{ load: () => made_stub, get: () => made_stub }".replace("made_stub", "({ getEntrypoint: (...a) => ({ a }) })"))
loader = WorkerLoader._from_js(loader_js)
code = WorkerCode(main_module="a.js", modules={"a.js": "export default {}", "b": WorkerModule(text="t")}, compatibility_date="2026-01-01", env={"X": 1}, no_outbound=True)
entry = loader.load(code).entrypoint("Api", props={"p": 1})
[seen(space), seen(loader_js), isinstance(entry, Fetcher)]
""") == [
        [
            ["get", "customer"],
            ["get", "customer", {}, {"limits": {"cpuMs": 5}, "outbound": {"user": "a"}}],
        ],
        [
            [
                "load",
                {
                    "mainModule": "a.js",
                    "modules": {"a.js": "export default {}", "b": {"text": "t"}},
                    "compatibilityDate": "2026-01-01",
                    "env": {"X": 1},
                    "globalOutbound": None,
                },
            ]
        ],
        True,
    ]


def test_the_methods_of_another_worker(run):
    assert run("""
from worker.service import Fetcher
target = made("{ add: async (a, b) => a + b, greet: async (who) => ({ hello: who.name, when: new Date(0) }) }")
stub = Fetcher._from_js(target).rpc()
greeting = await stub.greet({"name": "Ana"})
[await stub.add(3, 4), greeting["hello"], greeting["when"].isoformat()]
""") == [7, "Ana", "1970-01-01T00:00:00+00:00"]


def test_the_small_bindings(run):
    assert run("""
from worker.analytics_engine import AnalyticsEngineDataset
from worker.hyperdrive import Hyperdrive
from worker.pipelines import Pipeline
from worker.rate_limit import RateLimiter
from worker.secret_store import SecretStore
from worker.version_metadata import WorkerVersionMetadata
dataset, pipe, limit = made("{ writeDataPoint: () => {} }"), made("{ send: async () => {} }"), made("{ limit: async () => ({ success: true }) }")
AnalyticsEngineDataset._from_js(dataset).write_data_point(blobs=["a", b"\\x01", None], doubles=[1.5])
await Pipeline._from_js(pipe).send([{"a": 1}])
outcome = await RateLimiter._from_js(limit).limit("k")
db = Hyperdrive._from_js(run_js("({ host: 'h', port: 5432, user: 'u', password: 'secret', database: 'd', connectionString: 'postgres://' })"))
version = WorkerVersionMetadata._from_js(run_js("({ id: 'i', tag: 't', timestamp: '2026-01-02T03:04:05.000Z' })"))
[seen(dataset), seen(pipe), seen(limit), outcome.success, repr(db), db.port, db.password,
 version.id, version.uploaded.isoformat(), await SecretStore._from_js(made("{ get: async () => null }")).get()]
""") == [
        [["writeDataPoint", {"doubles": [1.5], "blobs": ["a", {"bytes": [1]}, None]}]],
        [["send", [{"a": 1}]]],
        [["limit", {"key": "k"}]],
        True,
        "<Hyperdrive u@h:5432/d>",
        5432,
        "secret",
        "i",
        "2026-01-02T03:04:05+00:00",
        None,
    ]


def test_the_environment(run):
    assert run("""
from worker.env import Env
from worker.errors import BindingError
env = Env._from_js(run_js('''(() => { class D1Database {} ; class R2Bucket {}
  return { DB: new D1Database(), VAR: 'text', TABLE: { foo: 42 }, TOKEN: 'secret' } })()'''))
def refusal(get):
    try:
        get()
    except BindingError as error:
        return [str(error), error.kind, error.found, list(error.available)]
[sorted(env), "DB" in env, "NO" in env, env.var("VAR"), env.secret("TOKEN"), env["VAR"], env.object_var("TABLE"),
 env.d1("DB").js == env["DB"], repr(env),
 refusal(lambda: env.kv("NO")), refusal(lambda: env.bucket("DB")), refusal(lambda: env.var("TABLE")),
 refusal(lambda: env.object_var("VAR")), refusal(lambda: env["NO"])]
""") == [
        ["DB", "TABLE", "TOKEN", "VAR"],
        True,
        False,
        "text",
        "secret",
        "text",
        {"foo": 42},
        True,
        "<Env DB TABLE TOKEN VAR>",
        ["Binding `NO` is undefined.", "KvNamespace", None, ["DB", "TABLE", "TOKEN", "VAR"]],
        [
            "Binding cannot be cast to the type R2Bucket from D1Database",
            "R2Bucket",
            "D1Database",
            ["DB", "TABLE", "TOKEN", "VAR"],
        ],
        [
            "Binding cannot be cast to the type String from Object",
            "String",
            "Object",
            ["DB", "TABLE", "TOKEN", "VAR"],
        ],
        [
            "Binding cannot be cast to the type Object from String",
            "Object",
            "String",
            ["DB", "TABLE", "TOKEN", "VAR"],
        ],
        ["Binding `NO` is undefined.", None, None, ["DB", "TABLE", "TOKEN", "VAR"]],
    ]


def test_what_a_product_throws_has_the_class_of_the_product(run):
    assert run("""
from worker.d1 import D1Database
from worker.kv import KvStore
from worker.queue import Queue
from worker.r2 import Bucket
throwing = run_js("Object.fromEntries(['get', 'send', 'head', 'exec'].map((name) => [name, async () => { throw new TypeError('no', { cause: new Error('why') }) }]))")
out = []
for call in (KvStore._from_js(throwing).get("k"), Queue._from_js(throwing).send(1), Bucket._from_js(throwing).head("k"), D1Database._from_js(throwing).exec("x")):
    try:
        await call
    except Exception as error:
        out.append([type(error).__name__, str(error), str(error.__cause__)])
out
""") == [
        [name, "TypeError: no", "Error: why"]
        for name in ("KvError", "QueueError", "R2Error", "D1Error")
    ]


def test_commands_are_run_in_a_container(run):
    assert run("""
import signal
from worker.durable import Container
from worker.streams import ByteStream
process = made(\"\"\"{
  pid: 7, stdin: null, stdout: new Blob(['out']).stream(), stderr: null, exitCode: Promise.resolve(3),
  output: async () => ({ stdout: new TextEncoder().encode('out').buffer, stderr: new ArrayBuffer(0), exitCode: 3 }),
  kill: () => undefined,
}\"\"\")
target = run_js("(made, process) => made({ exec: async () => process })")(recorder, process)
container = Container._from_js(target)
ran = await container.exec(["ls", "-l"])
await container.exec(("a",), cwd="/w", env={"A": "b"}, user="me", stdin="pipe", stdout="ignore", stderr="combined")
await container.exec(["cat"], stdin=b"abc")
await container.exec(["cat"], stdin=ByteStream([b"abc"]))
try:
    await container.exec("ls -l")
except TypeError as error:
    refused = str(error)
ran.kill()
ran.kill(signal.SIGKILL)
told = await ran.output()
[
    ran.pid, ran.stdin, ran.stderr, (await ran.stdout.bytes()).decode(), await ran.wait(),
    [told.stdout.decode(), told.stderr.decode(), told.exit_code], refused, seen(target), seen(process),
]
""") == [
        7,
        None,
        None,
        "out",
        3,
        ["out", "", 3],
        "a command is a list of arguments, not 'ls -l'",
        [
            ["exec", ["ls", "-l"], {}],
            [
                "exec",
                ["a"],
                {
                    "cwd": "/w",
                    "env": {"A": "b"},
                    "user": "me",
                    "stdin": "pipe",
                    "stdout": "ignore",
                    "stderr": "combined",
                },
            ],
            ["exec", ["cat"], {"stdin": {"stream": True}}],
            ["exec", ["cat"], {"stdin": {"stream": True}}],
        ],
        [["kill"], ["kill", 9], ["output"]],
    ]


def test_a_container_is_started_kept_and_intercepted(run):
    assert run("""
from datetime import timedelta
from worker.durable import Container, ContainerSnapshot, MountedSnapshot
from worker.service import Fetcher
target = made(\"\"\"{
  running: true, start: () => undefined, monitor: async () => undefined, destroy: async () => undefined, signal: () => undefined,
  setInactivityTimeout: async () => undefined, interceptOutboundHttp: async () => undefined,
  interceptOutboundHttps: async () => undefined, interceptAllOutboundHttp: async () => undefined,
  snapshotDirectory: async ({ dir, name }) => ({ id: 'd', size: 5, dir, name }),
  snapshotContainer: async () => ({ id: 'c', size: 6 }),
}\"\"\")
container = Container._from_js(target)
folder = await container.snapshot_directory("/data", name="mine")
disk = await container.snapshot_container()
container.start(
    enable_internet=True, entrypoint=["run"], env={"A": "b"}, labels={"l": "m"},
    directory_snapshots=[folder, MountedSnapshot(folder, "/other")], container_snapshot=disk,
)
container.signal(15)
await container.set_inactivity_timeout(timedelta(seconds=2))
proxy = Fetcher._from_js("proxy")
await container.intercept_outbound_http("10.0.0.1:80", proxy)
await container.intercept_outbound_https("example.com", proxy)
await container.intercept_all_outbound_http(proxy)
await container.wait_for_exit()
await container.destroy("enough")
[container.running, disk == ContainerSnapshot("c", 6), seen(target)]
""") == [
        True,
        True,
        [
            ["snapshotDirectory", {"dir": "/data", "name": "mine"}],
            ["snapshotContainer", {}],
            [
                "start",
                {
                    "enableInternet": True,
                    "entrypoint": ["run"],
                    "env": {"A": "b"},
                    "labels": {"l": "m"},
                    "directorySnapshots": [
                        {"snapshot": {"id": "d", "size": 5, "dir": "/data", "name": "mine"}},
                        {
                            "snapshot": {"id": "d", "size": 5, "dir": "/data", "name": "mine"},
                            "mountPoint": "/other",
                        },
                    ],
                    "containerSnapshot": {"id": "c", "size": 6},
                },
            ],
            ["signal", 15],
            ["setInactivityTimeout", 2000],
            ["interceptOutboundHttp", "10.0.0.1:80", "proxy"],
            ["interceptOutboundHttps", "example.com", "proxy"],
            ["interceptAllOutboundHttp", "proxy"],
            ["monitor"],
            ["destroy", "enough"],
        ],
    ]


def test_what_a_binding_is_given_by_mistake_is_told(run):
    assert run("""
from worker.email import EmailAttachment, SendEmail
from worker.pipelines import Pipeline
from worker.rate_limit import RateLimiter
target = made("{ send: async () => {}, limit: async () => ({}) }")
mail, pipeline, limiter = (cls._from_js(target) for cls in (SendEmail, Pipeline, RateLimiter))
async def told(coroutine):
    try:
        await coroutine
    except Exception as error:
        return [type(error).__name__, str(error)]
try:
    EmailAttachment("a.txt", "text/plain", 5)
except TypeError as error:
    attachment = str(error)
[
    await told(mail.compose(from_="a@b.c", subject="s", text="t")),
    await told(mail.send("text")),
    await told(pipeline.send({"a": 1})),
    await told(pipeline.send("ab")),
    await told(pipeline.send([1])),
    await told(limiter.limit(None)),
    attachment,
    seen(target),
]
""") == [
        ["ValueError", "an email needs a recipient: to, cc or bcc"],
        ["TypeError", "send takes an EmailMessage, and compose the parts of one, not str"],
        ["TypeError", "records are a list of mappings, not one dict"],
        ["TypeError", "records are a list of mappings, not one str"],
        ["TypeError", "a record is a mapping, not int"],
        ["TypeError", "a key is text, not NoneType"],
        "an attachment is bytes, or Base64 text, not int",
        [],
    ]


def test_an_email_made_of_its_parts(run):
    assert run("""
from worker.email import EmailAddress, EmailAttachment, SendEmail
target = made("{ send: async () => ({ messageId: 'm' }) }")
mail = SendEmail._from_js(target)
sent = await mail.compose(
    from_=EmailAddress("A", "a@b.c"), to=["d@e.f"], cc=EmailAddress("C", "c@c.c"), reply_to="r@r.r", subject="s",
    headers={"X-A": "b"}, text="t", html="h",
    attachments=[EmailAttachment("p.png", "image/png", bytes([255]), content_id="c1"), EmailAttachment("b.txt", "text/plain", "aGk=")],
)
[sent.message_id, seen(target)]
""") == [
        "m",
        [
            [
                "send",
                {
                    "from": {"name": "A", "email": "a@b.c"},
                    "subject": "s",
                    "to": ["d@e.f"],
                    "cc": {"name": "C", "email": "c@c.c"},
                    "replyTo": "r@r.r",
                    "headers": {"X-A": "b"},
                    "text": "t",
                    "html": "h",
                    "attachments": [
                        {
                            "disposition": "inline",
                            "contentId": "c1",
                            "filename": "p.png",
                            "type": "image/png",
                            "content": {"bytes": [255]},
                        },
                        {
                            "disposition": "attachment",
                            "filename": "b.txt",
                            "type": "text/plain",
                            "content": "aGk=",
                        },
                    ],
                },
            ]
        ],
    ]


def test_a_listing_goes_over_every_page_also_over_an_empty_one(run):
    assert run("""
from worker.kv import KvStore
from worker.r2 import Bucket
kv = made('''{ list: async ({ cursor }) => cursor === 'c2' ? { keys: [{ name: 'b' }], list_complete: true }
  : cursor === 'c1' ? { keys: [], list_complete: false, cursor: 'c2' }
  : { keys: [{ name: 'a', expiration: 5 }], list_complete: false, cursor: 'c1' } }''')
r2 = made('''{ list: async ({ cursor }) => ({ delimitedPrefixes: [], truncated: !cursor, cursor: cursor ? undefined : 'c1',
  objects: [{ key: cursor ? 'y' : 'x', version: '', size: 0, etag: '', httpEtag: '', uploaded: new Date(0), checksums: {} }] }) }''')
[
    [(key.name, key.expiration) async for key in KvStore._from_js(kv).keys(prefix="p")],
    [found.key async for found in Bucket._from_js(r2).objects(prefix="p", include=["httpMetadata"])],
    seen(kv), seen(r2),
]
""") == [
        [["a", 5], ["b", None]],
        ["x", "y"],
        [
            ["list", {"prefix": "p"}],
            ["list", {"prefix": "p", "cursor": "c1"}],
            ["list", {"prefix": "p", "cursor": "c2"}],
        ],
        [
            ["list", {"prefix": "p", "include": ["httpMetadata"]}],
            ["list", {"prefix": "p", "cursor": "c1", "include": ["httpMetadata"]}],
        ],
    ]


def test_a_product_without_a_class_is_called_by_its_own_names(run):
    assert run("""
from worker.env import Env
from worker.rpc import RpcStub
env = Env._from_js(run_js('''(() => {
  class Clip { constructor(steps) { this.steps = steps } transform(how) { return new Clip([...this.steps, how]) }
    output() { return { steps: this.steps, bytes: new Uint8Array([1]) } } }
  return { MEDIA: { input: (data) => new Clip([data.length]) } } })()'''))
clip = await env.get_binding("MEDIA", RpcStub).input(b"abc")
cut = await clip.transform({"width": 10, "time": None})
[isinstance(clip, RpcStub), await cut.steps, (await cut.output())["bytes"] == bytes([1]), repr(clip.transform)]
""") == [
        True,
        [3, {"width": 10, "time": None}],
        True,
        "<RpcStub.transform of another worker>",
    ]
