"""Single records, several at a time."""

from collections.abc import Callable

import pytest
from loopback import Answer, Loopback

from advisord.errors import TransportError
from advisord.feeds.interface import Rejected
from advisord.feeds.singles import fetch
from advisord.net.http import Http
from advisord.net.objects import HttpObjects


def test_in_order(server: Loopback, make_http: Callable[..., Http]) -> None:
    """Records come in the order asked for, with a reason for each that can't be had."""
    records = [f"A-{number}" for number in range(250)]
    for record in records:
        server.put(f"/npm/{record}.json", record.encode())
    server.remove("/npm/A-7.json")
    server.put("/npm/A-8.json", b"", status=403)
    found = list(fetch(HttpObjects(server.url, make_http()), "npm", records))
    assert [record for record, _ in found] == records
    assert found[249] == ("A-249", b"A-249")
    reasons = [content.reason for _, content in found if isinstance(content, Rejected)]
    assert reasons[0].startswith("it is listed, but not there yet")
    assert "answered 403" in reasons[1]


def test_a_server_that_stumbles(server: Loopback, make_http: Callable[..., Http]) -> None:
    """A few records that it fails on don't keep the others away; when there are more it is not well."""
    records = [f"A-{number}" for number in range(20)]
    for record in records:
        server.put(f"/npm/{record}.json", record.encode())
    objects = HttpObjects(server.url, make_http(attempts=1))
    for record in records[:3]:
        server.put(f"/npm/{record}.json", b"", status=500)
    found = dict(fetch(objects, "npm", records))
    assert [record for record, content in found.items() if isinstance(content, Rejected)] == records[:3]
    server.put("/npm/A-9.json", b"", status=502)
    with pytest.raises(TransportError):
        list(fetch(objects, "npm", records))


def test_a_server_that_goes_down(server: Loopback, make_http: Callable[..., Http]) -> None:
    """Trouble with the server is no word on the records."""
    server.put("/npm/A-1.json", b"", status=503)
    with pytest.raises(TransportError):
        list(fetch(HttpObjects(server.url, make_http(attempts=1)), "npm", ["A-1"]))
    server.put("/npm/A-1.json", b"ok")
    server.fault("/npm/A-1.json", Answer(status=429))
    assert list(fetch(HttpObjects(server.url, make_http(attempts=2)), "npm", ["A-1"])) == [("A-1", b"ok")]
