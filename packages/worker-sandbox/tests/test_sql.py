"""SQL in Durable Objects, by the routes of the contract."""

import pytest

pytestmark = pytest.mark.miniflare

SAFE = 2**53 - 1

PRODUCTS = """\
next() iterator results:
Product 1: Laptop - $999.99 (in stock: true)
Product 2: Mouse - $29.99 (in stock: true)
Product 3: Keyboard - $79.99 (in stock: false)
Product 4: Monitor - $299.99 (in stock: true)
Product 5: Headphones - $149.99 (in stock: false)"""

RAW = """\
raw() iterator results:
Columns: id, name, price, in_stock
Row: [Integer(1), String("Laptop"), Float(999.99), Integer(1)]
Row: [Integer(2), String("Mouse"), Float(29.99), Integer(1)]
Row: [Integer(3), String("Keyboard"), Float(79.99), Integer(0)]
Row: [Integer(4), String("Monitor"), Float(299.99), Integer(1)]
Row: [Integer(5), String("Headphones"), Float(149.99), Integer(0)]"""

INVALID = "\n".join(
    [
        "next-invalid() iterator results:",
        *(
            "Error deserializing row: Error: invalid type: floating point "
            f"`{number}.0`, expected a string"
            for number in range(1, 6)
        ),
    ]
)

BLOBS = """\
blob-next() iterator results:
BlobData 1: binary_data - data: [0, 1, 2, 3, 255, 254]
BlobData 2: empty_blob - data: []
BlobData 3: text_as_blob - data: [72, 101, 108, 108, 111, 44, 32, 87, 111, 114]...[13 bytes total]
BlobData 4: large_blob - data: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]...[1000 bytes total]"""

RAW_BLOBS = """\
blob-raw() iterator results:
Columns: id, name, data
Row: [Integer(1), String("binary_data"), Blob([0, 1, 2, 3, 255, 254])]
Row: [Integer(2), String("empty_blob"), Blob([])]
Row: [Integer(3), String("text_as_blob"), \
Blob([72, 101, 108, 108, 111, 44, 32, 87, 111, 114]...[13 bytes])]
Row: [Integer(4), String("large_blob"), Blob([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]...[1000 bytes])]"""

ROUNDTRIP = """\
blob-roundtrip test results:
Original data: [222, 173, 190, 239, 0, 255]
next() result: [222, 173, 190, 239, 0, 255], matches_original: true
raw() result: [222, 173, 190, 239, 0, 255], matches_original: true"""

WAYS = (
    "SQL Iterator Test - try /next, /raw, /next-invalid, /blob-next, /blob-raw, "
    "or /blob-roundtrip endpoints"
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("one/next", PRODUCTS),
        ("one/raw", RAW),
        ("one/next-invalid", INVALID),
        ("one/blob-next", BLOBS),
        ("one/blob-raw", RAW_BLOBS),
        ("one/blob-roundtrip", ROUNDTRIP),
        ("one", WAYS),
        ("one/nothing/of/this", WAYS),
        ("two/next", PRODUCTS),
        ("two/blob-raw", RAW_BLOBS),
    ],
)
def test_rows_are_read_typed_and_raw(miniflare, path, expected):
    response = miniflare.fetch(f"/sql-iterator/{path}")
    assert (response.status_code, response.text) == (200, expected)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_counters_of_different_names_are_independent(miniflare):
    assert miniflare.fetch("/sql-counter/a").text == "SQL counter is now 1"
    assert miniflare.fetch("/sql-counter/a").text == "SQL counter is now 2"
    assert miniflare.fetch("/sql-counter/b").text == "SQL counter is now 1"
    rows = miniflare.durable_objects("SQL_COUNTER").sql("SELECT value FROM counter", name="a")
    assert rows == [{"value": 2}]


def test_parallel_statements_lose_none(miniflare):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(10) as pool:
        texts = list(pool.map(lambda _: miniflare.fetch("/sql-counter/many").text, range(20)))
    assert sorted(texts) == sorted(f"SQL counter is now {number}" for number in range(1, 21))


@pytest.mark.parametrize("value", [SAFE, -SAFE, 0])
def test_a_safe_integer_is_stored(miniflare, value):
    response = miniflare.fetch(f"/sql-counter/large/set-large/{value}")
    assert response.status_code == 200
    assert response.text == f"Successfully stored large value: {value}"
    rows = miniflare.durable_objects("SQL_COUNTER").sql("SELECT value FROM counter", name="large")
    assert rows == [{"value": value}]


@pytest.mark.parametrize("value", [SAFE + 1, -SAFE - 1, 2**63 - 1, -(2**63)])
def test_an_integer_beyond_what_javascript_holds_is_refused(miniflare, value):
    response = miniflare.fetch(f"/sql-counter/large/set-large/{value}")
    assert response.status_code == 200
    assert response.text == (
        f"Error: Cannot store value {value} - Value outside JavaScript safe integer range. "
        "JavaScript safe range is ±9007199254740991"
    )


@pytest.mark.parametrize("text", ["abc", "", "1.5", str(2**63), "1_000", "%201"])
def test_what_is_no_integer_is_refused(miniflare, text):
    response = miniflare.fetch(f"/sql-counter/large/set-large/{text}")
    assert (response.status_code, response.text) == (500, "Error: Invalid number format")


def test_a_stored_value_beyond_32_bits_is_an_error(miniflare):
    miniflare.fetch("/sql-counter/wide/set-large/3000000000")
    response = miniflare.fetch("/sql-counter/wide")
    assert response.status_code == 500
    assert response.text == "Error: invalid value: integer `3000000000`, expected i32"
