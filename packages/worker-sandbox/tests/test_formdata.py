"""Forms: fields and files, both ways."""

import hashlib


def test_one_field(miniflare):
    response = miniflare.fetch("/formdata-name", method="POST", form={"name": "bob"})
    assert response.json() == {"name": "bob"}


def test_several_fields_of_one_name_keep_their_order(miniflare):
    response = miniflare.fetch("/formdata-name", method="POST", form={"name": ["bob", "alice"]})
    assert response.json() == {"names": ["bob", "alice"]}


def test_a_missing_field_is_refused(miniflare):
    assert miniflare.fetch("/formdata-name", method="POST", form={"other": "x"}).status_code == 400


def test_a_file_where_text_is_expected_is_refused(miniflare):
    response = miniflare.fetch("/formdata-name", method="POST", files={"name": ("n.txt", b"x")})
    assert response.status_code == 400


def test_a_body_that_is_no_form_is_told_so(miniflare):
    response = miniflare.fetch("/formdata-name", method="POST", body=b"hello")
    assert (response.status_code, response.text) == (500, "failed to get form data from request")


def test_a_form_names_a_secret(miniflare):
    response = miniflare.fetch("/is-secret", method="POST", form={"secret": "SOME_SECRET"})
    assert response.text == "secret!"


def test_an_unknown_binding_is_named(miniflare):
    response = miniflare.fetch("/is-secret", method="POST", form={"secret": "NOPE"})
    assert (response.status_code, response.text) == (500, "Binding `NOPE` is undefined.")


def test_a_file_is_hashed_and_its_size_remembered(miniflare):
    data = b"workers, in Python"
    response = miniflare.fetch("/formdata-file-size", method="POST", files={"file": ("file", data)})
    [key] = response.json()
    assert key == {"name": hashlib.blake2b(data).hexdigest(), "expiration": None, "metadata": None}
    assert miniflare.fetch(f"/formdata-file-size/{key['name']}").json() == {
        "name": "file",
        "size": 18,
    }
    assert miniflare.fetch("/formdata-file-size/none").status_code == 404


def test_a_form_is_sent_on_with_its_files(miniflare):
    large = bytes(range(256)) * 80_000  # 20 MB, in pieces
    answer = miniflare.fetch(
        "/formdata-forward",
        method="POST",
        form={"name": "ädä"},
        files={"file": ("a b.bin", large, "application/x-any")},
    )
    assert answer.json() == [
        ["name", "ädä"],
        ["file", f"a b.bin application/x-any {hashlib.sha256(large).hexdigest()}"],
        ["via", "sandbox"],
        ["note", f"note.txt text/plain {hashlib.sha256(b'made here').hexdigest()}"],
    ]
