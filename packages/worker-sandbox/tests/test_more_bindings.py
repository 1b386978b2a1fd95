"""Hyperdrive, version metadata and the worker loader as Miniflare has them; models and vectors as
JavaScript objects with the published method names, since the simulator has none.
"""

import pytest
from worker_build.miniflare import Reply

pytestmark = pytest.mark.miniflare

MODELS = """
const bytes = (text) => new Response(text).body;
export default () => ({
  async run(model, inputs, options) {
    if (inputs.image) return bytes('png');
    if (!inputs.stream) return { response: `${inputs.prompt} from ${model}` };
    return bytes('data: {"response":"Hel"}\\n\\ndata: {"response":"lo"}\\n\\ndata: [DONE]\\n\\n');
  },
});
"""

INDEX = """
const stored = new Map();
const near = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
export default () => ({
  async upsert(vectors) {
    for (const vector of vectors) stored.set(vector.id, vector);
    return { mutationId: 'm' };
  },
  async query(vector, { topK }) {
    const matches = [...stored.values()]
      .map(({ id, values, metadata }) => ({ id, score: near(values, vector), metadata }))
      .sort((a, b) => b.score - a.score).slice(0, topK);
    return { matches, count: matches.length };
  },
});
"""


def wrapped(name: str, script: str) -> dict[str, object]:
    return {"name": name, "modules": True, "script": script}


@pytest.fixture(scope="module")
def miniflare_options():
    return {
        "services": {"remote": Reply("hello world")},
        "wrappedBindings": {"AI": {"scriptName": "models"}, "INDEX": {"scriptName": "index"}},
        "workers": [wrapped("models", MODELS), wrapped("index", INDEX)],
        "hyperdrives": {"HYPERDRIVE": "postgres://ana:secret@127.0.0.1:5432/shop"},
        "workerLoaders": {"LOADER": {}},
    }


def test_a_driver_finds_what_it_needs_to_connect(miniflare):
    answer = miniflare.fetch("/hyperdrive")
    assert answer.status_code == 200
    assert answer.json() == {
        "user": "ana",
        "port": answer.json()["port"],
        "database": "shop",
    }


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


def test_a_binding_that_is_not_there_is_named(miniflare):
    answer = miniflare.fetch("/version")
    assert answer.status_code == 500
