"""PyJWT: tokens issued and checked."""

import time

import pytest

pytestmark = pytest.mark.miniflare


def asked(example, token):
    return example.fetch("/me", headers={"authorization": f"Bearer {token}"})


def test_a_token_says_whose_it_is(example):
    token = example.fetch("/tokens/ada", method="POST").json()["token"]
    assert asked(example, token).json() == {"name": "ada"}


def test_tokens_of_others_are_refused(example):
    token = example.fetch("/tokens/ada", method="POST").json()["token"]
    unsigned, _, signature = token.rpartition(".")
    other = "A" if signature[0] != "A" else "B"
    forged = asked(example, f"{unsigned}.{other}{signature[1:]}")
    assert (forged.status_code, forged.text) == (401, "Signature verification failed")
    assert forged.headers["www-authenticate"] == "Bearer"
    assert asked(example, "nonsense").status_code == 401
    assert example.fetch("/me").text == "a bearer token is needed"


def test_the_clock_is_the_time_of_the_request(example):
    import base64
    import json

    token = example.fetch("/tokens/ada", method="POST").json()["token"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["exp"] - claims["iat"] == 3600
