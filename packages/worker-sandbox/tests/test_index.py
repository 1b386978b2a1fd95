"""The page that lists every route."""

import re

from sandbox.router import router


def test_the_index_lists_every_route_with_what_it_shows(miniflare):
    response = miniflare.fetch("/index")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    rows = re.findall(
        r"<tr><td>([^<]+)<td>(?:<a[^>]+>)?([^<]+?)(?:</a>)?<td>(.*?)(?=<tr>|</table>)",
        response.text,
    )
    assert len(rows) == len(router.routes)
    assert ("GET", "/user/:id/test", "A parameter in the middle of a path.") in rows
    assert all(about for _, _, about in rows)
