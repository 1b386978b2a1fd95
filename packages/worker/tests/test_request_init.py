"""Options of outgoing requests: only what was set is sent (workers-rs sends zeros)."""

from __future__ import annotations

from worker.request_init import CfProperties, Minify, PolishConfig, plain
from worker.resize import Border, Coordinates, Draw, ResizeConfig, ResizeFit, Trim, TrimBorder


def test_nothing_set_sends_nothing() -> None:
    assert plain(CfProperties()) == {}


def test_one_option_sends_one_member() -> None:
    assert plain(CfProperties(cache_ttl=5)) == {"cacheTtl": 5}
    assert plain(CfProperties(cache_everything=False)) == {"cacheEverything": False}


def test_names_are_those_of_the_platform() -> None:
    sent = plain(
        CfProperties(
            cache_ttl_by_status={"200-299": 60, "404": 1},
            minify=Minify(javascript=True),
            polish=PolishConfig.LOSSY,
            resolve_override="other.example",
            cache_tags=("a", "b"),
        )
    )
    assert sent == {
        "cacheTtlByStatus": {"200-299": 60, "404": 1},
        "minify": {"javascript": True},
        "polish": "lossy",
        "resolveOverride": "other.example",
        "cacheTags": ["a", "b"],
    }


def test_image_options_are_spelled_as_documented() -> None:
    image = ResizeConfig(
        width=100,
        fit=ResizeFit.SCALE_DOWN,
        gravity=Coordinates(x=0.5),
        origin_auth="share-publicly",
        quality=80,
        border=Border(color="#fff", width=2),
        trim=Trim(left=1, border=TrimBorder(keep=2)),
        draw=[Draw(url="https://h/x.png", repeat=True, top=0)],
    )
    assert plain(CfProperties(image=image)) == {
        "image": {
            "width": 100,
            "fit": "scale-down",
            "gravity": {"x": 0.5},
            "origin-auth": "share-publicly",
            "quality": 80,
            "border": {"color": "#fff", "width": 2},
            "trim": {"left": 1, "border": {"keep": 2}},
            "draw": [{"url": "https://h/x.png", "repeat": True, "top": 0}],
        }
    }


def test_a_plain_mapping_passes_as_it_is() -> None:
    assert plain({"cacheTtl": 1, "none": None, "list": [{"a": None}]}) == {
        "cacheTtl": 1,
        "list": [{}],
    }
