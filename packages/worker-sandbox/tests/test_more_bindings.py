"""Hyperdrive, version metadata and the worker loader as Miniflare has them; models and vectors as
JavaScript objects with the published method names, since the simulator has none.
"""

import socketserver
import struct
import threading
import zlib

import pytest
from worker_build.miniflare import Reply

pytestmark = pytest.mark.miniflare

MODELS = """
const bytes = (text) => new Response(text).body;
export default () => ({
  async run(model, inputs, options) {
    if (inputs.image) return bytes('png');
    if (!inputs.stream) return { response: `${inputs.prompt} from ${model}`, options };
    return bytes('data: {"response":"Hel"}\\n\\ndata: {"response":"lo"}\\n\\ndata: [DONE]\\n\\n');
  },
  gateway: (id) => ({ run: async (data, options) => Response.json({ id, data, options }) }),
});
"""

INDEX = """
const stored = new Map();
const near = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const conditions = {
  $gte: (value, bound) => value >= bound,
  $lt: (value, bound) => value < bound,
  $in: (value, some) => some.includes(value),
};
const holds = (metadata = {}, filter = {}) => Object.entries(filter).every(([name, wanted]) =>
  Object.entries(wanted).every(([how, bound]) => conditions[how](metadata[name], bound)));
const put = async (vectors) => {
  for (const vector of vectors) stored.set(vector.id, vector);
  return { mutationId: 'm' };
};
export default () => ({
  upsert: put,
  insert: put,
  async query(vector, { topK = 5, namespace, filter, returnValues }) {
    const matches = [...stored.values()]
      .filter((found) => namespace === undefined || found.namespace === namespace)
      .filter(({ metadata }) => holds(metadata, filter))
      .map(({ id, values, metadata }) => ({ id, score: near(values, vector), metadata,
        ...(returnValues && { values: new Float32Array(values) }) }))
      .sort((a, b) => b.score - a.score).slice(0, topK);
    return { matches, count: matches.length };
  },
  getByIds: async (ids) => ids.filter((id) => stored.has(id)).map((id) => stored.get(id)),
  async deleteByIds(ids) {
    ids.forEach((id) => stored.delete(id));
    return { mutationId: 'm' };
  },
});
"""

CERTIFICATE = """
export default () => ({
  async fetch(input, init) {
    const request = new Request(input, init);
    const who = request.headers.get('x-asked-by');
    const text = [request.method, request.url, who, await request.text()].join(' ');
    return new Response(text, { status: 201 });
  },
});
"""

CUSTOMERS = """
export default () => ({
  get(name, args, options) {
    return {
      async fetch(request) {
        if (name !== 'ana') throw new Error(`Worker not found: ${name}`);
        return Response.json({ name, args, ...options, path: new URL(request.url).pathname });
      },
    };
  },
});
"""

BROWSER = """
export default () => ({
  async quickAction(action, options) {
    if (action === 'markdown') return Response.json({ success: true, result: `# ${options.url}` });
    return new Response(`${options.html} ${options.viewport.width}x${options.viewport.height}`,
      { headers: { 'content-type': 'image/png' } });
  },
});
"""

WRAPPED = {
    "AI": MODELS,
    "INDEX": INDEX,
    "CERTIFICATE": CERTIFICATE,
    "CUSTOMERS": CUSTOMERS,
    "BROWSER": BROWSER,
}


def picture(width: int, height: int) -> bytes:
    """A black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\x00" + bytes(3 * width)) * height
    signature = b"\x89PNG\r\n\x1a\n"
    data = chunk(b"IDAT", zlib.compress(rows))
    return signature + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def wrapped(name: str, script: str) -> dict[str, object]:
    return {"name": name, "modules": True, "script": script}


class Shouts(socketserver.StreamRequestHandler):
    """Answers each line in capitals."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line.upper())


@pytest.fixture(scope="module")
def database():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Shouts) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def miniflare_options(database):
    return {
        "services": {"remote": Reply("hello world")},
        "wrappedBindings": {binding: {"scriptName": binding.lower()} for binding in WRAPPED},
        "workers": [wrapped(binding.lower(), script) for binding, script in WRAPPED.items()],
        "hyperdrives": {"HYPERDRIVE": f"postgres://ana:secret@127.0.0.1:{database}/shop"},
        "workerLoaders": {"LOADER": {}},
        "images": {"binding": "IMAGES"},
        "pipelines": ["EVENTS"],
        "versionMetadata": "VERSION",
    }


def test_a_driver_finds_what_it_needs_to_connect(miniflare):
    answer = miniflare.fetch("/hyperdrive")
    assert answer.status_code == 200
    assert answer.json() == {
        "user": "ana",
        "port": answer.json()["port"],
        "database": "shop",
    }


def test_a_connection_to_a_database_is_a_socket(miniflare):
    answer = miniflare.fetch("/hyperdrive", method="POST", body=b"select 1\n")
    assert (answer.status_code, answer.content) == (200, b"SELECT 1\n")


def test_a_worker_is_made_from_source(miniflare):
    assert miniflare.fetch("/worker-loader/load").text == "hello from /worker-loader/load"


def test_a_worker_is_made_from_source_when_it_is_first_asked_for(miniflare):
    for _ in range(2):
        assert miniflare.fetch("/worker-loader/get").text == "hi from /worker-loader/get"


def test_a_model_answers(miniflare):
    answer = miniflare.fetch("/ai/run")
    assert answer.text == "Hello from @cf/meta/llama-3.1-8b-instruct"


def test_a_model_answers_piece_by_piece(miniflare):
    assert miniflare.fetch("/ai/stream").text == "Hello"


def test_a_model_answers_with_bytes(miniflare):
    assert miniflare.fetch("/ai/image").content == b"png"


def test_the_nearest_vector_is_found(miniflare):
    assert miniflare.fetch("/vectorize").json() == {"id": "a", "metadata": {"year": 2020}}


def test_vectors_are_found_by_their_metadata_and_deleted(miniflare):
    answer = miniflare.fetch("/vectorize/filtered")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_model_is_reached_through_a_gateway(miniflare):
    assert miniflare.fetch("/ai/gateway").json() == {
        "options": {
            "gateway": {
                "id": "mine",
                "cacheTtl": 60,
                "metadata": {"user": 7},
                "retries": {"maxAttempts": 2, "backoff": "linear"},
            },
            "tags": ["test"],
        },
        "other": {
            "id": "mine",
            "data": [
                {"provider": "openai", "endpoint": "chat", "headers": {}, "query": {"model": "x"}}
            ],
            "options": {"gateway": {"skipCache": True}},
        },
    }


def test_a_picture_is_known(miniflare):
    answer = miniflare.fetch("/images/info", method="POST", body=picture(4, 3))
    assert answer.json() == {
        "format": "image/png",
        "file_size": len(picture(4, 3)),
        "width": 4,
        "height": 3,
    }


def test_a_picture_is_made_of_another(miniflare):
    answer = miniflare.fetch("/images/thumbnail", method="POST", body=picture(4, 4))
    assert answer.headers["content-type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"


def test_records_are_sent_to_a_pipeline(miniflare):
    assert miniflare.fetch("/pipeline").text == "sent"


def test_the_version_is_told(miniflare):
    answer = miniflare.fetch("/version")
    assert answer.status_code == 200
    assert set(answer.json()) == {"id", "tag"}


def test_a_certificate_is_presented_with_a_whole_request(miniflare):
    answer = miniflare.fetch("/mtls", method="POST", body="two books")
    assert answer.status_code == 201
    assert answer.text == "POST https://origin.example/orders sandbox two books"


def test_a_worker_of_a_namespace_is_chosen_and_bounded(miniflare):
    assert miniflare.fetch("/dispatch/ana").json() == {
        "name": "ana",
        "args": {},
        "limits": {"cpuMs": 50, "subRequests": 5},
        "path": "/dispatch/ana",
    }


def test_a_worker_that_the_namespace_has_not_is_an_error(miniflare):
    answer = miniflare.fetch("/dispatch/bob")
    assert answer.status_code == 404
    assert "Worker not found: bob" in answer.text


def test_a_browser_reads_a_page(miniflare):
    assert miniflare.fetch("/browser/markdown").text == "# https://example.com"


def test_a_browser_makes_a_picture(miniflare):
    answer = miniflare.fetch("/browser/picture", method="POST", body="<h1>hi</h1>")
    assert answer.headers["content-type"] == "image/png"
    assert answer.text == "<h1>hi</h1> 320x200"
