"""Dynamic dispatch; the namespace is a JavaScript object with the published method, since Miniflare
reaches one only on the platform.
"""

import pytest

pytestmark = pytest.mark.miniflare

CUSTOMERS = """
export default () => ({
  get(name, args, { limits }) {
    if (name !== 'ada') throw new Error('Worker not found.');
    const answer = ({ url }) => new Response(`${name} ${limits.cpuMs} ${new URL(url).pathname}`);
    return { fetch: async request => answer(request) };
  },
});
"""


@pytest.fixture(scope="module")
def miniflare_options():
    return {
        "wrappedBindings": {"CUSTOMERS": {"scriptName": "customers"}},
        "workers": [{"name": "customers", "modules": True, "script": CUSTOMERS}],
    }


def test_a_request_is_handed_to_the_worker_that_it_names(miniflare):
    assert miniflare.fetch("/dispatch/ada").text == "ada 50 /dispatch/ada"


def test_a_worker_that_does_not_exist_is_told(miniflare):
    answer = miniflare.fetch("/dispatch/bob")
    assert (answer.status_code, answer.text) == (404, "no such customer: Error: Worker not found.")
