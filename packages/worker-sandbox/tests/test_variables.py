"""Variables, secrets and shared data."""


def test_a_secret(miniflare):
    assert miniflare.fetch("/secret").text == "secret!"


def test_a_variable(miniflare):
    assert miniflare.fetch("/var").text == "some value"


def test_a_variable_with_a_shape(miniflare):
    response = miniflare.fetch("/object-var")
    assert response.text == '{"foo":42,"bar":"string"}'


def test_data_of_the_router_reaches_every_handler(miniflare):
    assert miniflare.fetch("/test-data").text == "data ok"
    assert miniflare.fetch("/nonsense-repeat", method="POST").text == "data ok"


def test_start_handlers_have_run_before_the_first_event(miniflare):
    assert miniflare.fetch("/init-called").text == "true"


def test_a_static_asset(miniflare):
    assert miniflare.fetch("/asset/test.txt").text == "TEST"
