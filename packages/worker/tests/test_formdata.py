"""Forms, files and blobs (workers-rs `FormData`, `File`)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.blob import Blob, File
from worker.formdata import FormData


def test_it_is_a_mapping_of_first_values() -> None:
    form = FormData([("a", "1"), ("b", "2"), ("a", "3")])
    assert (form["a"], len(form), list(form), "b" in form) == ("1", 2, ["a", "b"], True)
    assert form.get_all("a") == ["1", "3"]
    assert form.get("missing") is None
    with pytest.raises(KeyError):
        form["missing"]


def test_setting_replaces_all_values_in_the_place_of_the_first() -> None:
    form = FormData([("a", "1"), ("b", "2"), ("a", "3")])
    form["a"] = "x"
    form["c"] = "y"
    assert form.multi_items() == [("a", "x"), ("b", "2"), ("c", "y")]


def test_deleting_takes_every_value() -> None:
    form = FormData([("a", "1"), ("b", "2"), ("a", "3")])
    del form["a"]
    assert form.multi_items() == [("b", "2")]
    with pytest.raises(KeyError):
        del form["a"]
    form.delete("a")


def test_fields_and_files_are_told_apart_by_match() -> None:
    form = FormData({"text": "t"})
    form.append("file", File("content", "a.txt", type="Text/Plain"))
    match form["file"]:
        case File(name):
            assert name == "a.txt"
        case _:
            pytest.fail("a file is a File")
    assert form.get_field("text") == "t"
    assert form.get_field("file") is None
    file = form.get_file("file")
    assert file is not None
    assert (file.size, file.type, asyncio.run(file.text())) == (7, "text/plain", "content")


def test_a_blob_becomes_a_file_named_blob() -> None:
    entry = FormData({"b": Blob(b"x")})["b"]
    assert isinstance(entry, File)
    assert (entry.name, entry.last_modified.tzinfo) == ("blob", UTC)


def test_a_slice_is_a_new_blob() -> None:
    blob = Blob(b"abcdef", type="a/b")
    assert asyncio.run(blob.slice(1, 3, type="c/d").bytes()) == b"bc"
    assert blob.slice(2).size == 4


def test_a_files_time_is_kept() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert File(b"", "n", last_modified=moment).last_modified == moment


def parts(form: FormData) -> list[tuple[str | None, str | None, bytes]]:
    body, kind = form._encode()
    assert isinstance(body, bytes)
    message = message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + body, policy=HTTP)
    found = [] if not message.is_multipart() else list(message.iter_parts())
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in found
    ]


def test_multipart_reads_back_as_it_was_written() -> None:
    form = FormData([("a", "1"), ("a", "zwei"), ("f", File(b"\x00\xff", "x.bin"))])
    assert parts(form) == [("a", None, b"1"), ("a", None, b"zwei"), ("f", "x.bin", b"\x00\xff")]


@given(st.text(), st.text())
def test_no_name_breaks_out_of_its_part(name: str, file_name: str) -> None:
    body, kind = FormData([(name, File(b"", file_name))])._encode()
    assert isinstance(body, bytes)
    boundary = kind.partition("=")[2].encode()
    head = body.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert len(head) == 3
    assert head[0] == b"--" + boundary
    assert head[1].count(b'"') == 4
