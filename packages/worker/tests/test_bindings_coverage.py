"""Every method, option and field of the published types is wrapped, or says why it is not.

The types are those of `@cloudflare/workers-types`, of the version that the toolchain pins. From
each binding the test goes through all that its methods take and give: option bags in option bags,
each case of a union, inline objects. A member counts as wrapped where the class of its binding, or
what that class uses, names it as JavaScript spells it: in the method that sends it, or reads it.
"""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest
from worker._kinds import KINDS

sys.path.insert(0, str(Path(__file__).parent / "coverage"))

import named
import published
from gaps import gaps, searched
from wrapped import ELSEWHERE, LEFT_OUT, THROUGH_RPC, WRAPPED


@pytest.mark.parametrize("interface", sorted(WRAPPED))
def test_every_member_is_wrapped_or_says_why_not(interface: str):
    left_out = {path for path in LEFT_OUT if path.removeprefix(interface).startswith(".")}
    found = gaps(interface)
    assert not found - left_out, f"in worker.{WRAPPED[interface][0]}: {sorted(found - left_out)}"
    assert not left_out - found, f"a reason for what is wrapped: {sorted(left_out - found)}"


def test_every_reason_belongs_to_an_interface():
    assert {path for path in LEFT_OUT if path.split(".")[0] not in WRAPPED} == set()


def test_types_that_stand_elsewhere_are_met_and_are_there():
    met = set().union(*(searched(interface).elsewhere for interface in WRAPPED))
    assert ELSEWHERE.keys() - met == set()
    for module in ELSEWHERE.values():
        assert import_module(f"worker.{module}")


def test_every_kind_of_binding_has_its_interface():
    wrappers = {cls for _, *classes in WRAPPED.values() for cls in classes}
    path = Path(named.__file__).parents[2] / "src/worker/_bindings.py"
    made = {
        ast.unparse(node.value).removesuffix("[Any]")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "_from_js"
    }
    # Those that are a `Fetcher` and no more.
    assert made - wrappers == {"Assets", "MtlsCertificate"}
    assert len(made) == len(KINDS.keys() - {"object_var", "secret", "var"})


@pytest.mark.parametrize("product", THROUGH_RPC)
def test_products_without_a_class_still_exist(product: str):
    assert list(published.members(product))


@pytest.mark.parametrize(
    ("interface", "name", "path"),
    [
        ("KVNamespace", "expirationTtl", "KVNamespace.put(options).expirationTtl"),
        ("R2Bucket", "suffix", "R2Bucket.get(options).range.suffix"),
        ("R2Bucket", "secondsGranularity", "R2Bucket.put(options).onlyIf.secondsGranularity"),
        ("R2Bucket", "delimitedPrefixes", "R2Bucket.list().delimitedPrefixes"),
        ("D1PreparedStatement", "timings", "D1PreparedStatement.run().meta.timings"),
        ("Ai", "backoff", "Ai.run(options).gateway.retries.backoff"),
        ("Ai", "property_id", "Ai.models().properties.property_id"),
        ("SendEmail", "contentId", "SendEmail.send(builder).attachments.contentId"),
        ("WorkerLoader", "cpuMs", "WorkerLoader.get(getCode)().limits.cpuMs"),
        ("Queue", "backlogBytes", "Queue.sendBatch().metadata.metrics.backlogBytes"),
    ],
)
def test_an_option_within_options_that_nothing_names_is_told(interface, name, path, monkeypatch):
    assert path in searched(interface).found
    real = named.names
    monkeypatch.setattr(named, "names", lambda place: {n for n in real(place) if n[1] != name})
    assert path in gaps(interface)


def test_a_name_in_a_docstring_a_comment_or_an_annotation_is_none():
    source = '''
def method(self, how: Literal["annotated"]) -> "returned":
    """docstring"""
    # comment
    self.own
    return call(self.js, "text", keyword=1).attribute
'''
    names = {name for _, name in named._names(ast.parse(source))}
    assert names == {"text", "keyword", "attribute"}
