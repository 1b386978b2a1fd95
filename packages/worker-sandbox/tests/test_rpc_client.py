"""Methods of a JavaScript worker, called through a service binding."""

import pytest

pytestmark = pytest.mark.miniflare

REMOTE = """
import { RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';
class Counter extends RpcTarget {
  #count = 0;
  increment(by) { return this.#count += by; }
  get size() { return this.#count; }
  get twin() { const twin = new Counter(); twin.#count = this.#count; return twin; }
}
export default class extends WorkerEntrypoint {
  fetch() { return new Response('hello world'); }
  add(left, right) { return left + right; }
  echo(value) { return value; }
  nothing() {}
  counter() { return new Counter(); }
  async call(callback, value) { return await callback(value); }
  stream() { return new Response('streamed').body; }
  respond(text) { return new Response(text, { status: 201 }); }
  fail() { throw new RangeError('out of reach'); }
}
"""


@pytest.fixture(scope="module")
def miniflare_options():
    remote = {
        "name": "remote-service",
        "modules": True,
        "script": REMOTE,
        "compatibilityDate": "2025-09-23",
    }
    return {"workers": [remote]}


@pytest.mark.parametrize("route", ["values", "stubs", "functions"])
def test_rpc(miniflare, route: str):
    answer = miniflare.fetch(f"/rpc-client/{route}")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_streams_and_responses_cross(miniflare):
    answer = miniflare.fetch("/rpc-client/streams")
    assert (answer.status_code, answer.text) == (201, "answered")


def test_what_the_other_side_throws_is_raised(miniflare):
    assert miniflare.fetch("/rpc-client/errors").text == "RangeError: out of reach"
