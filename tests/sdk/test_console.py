"""The web console as the binary serves it. Its pages have their tests in web/."""

import http.client
import re

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def get(server, path, headers=None):
    """(status, headers, body) of a plain GET, redirections not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_a_browser_is_led_to_it_and_the_api_is_not_moved(server):
    status, headers, _ = get(server, "/", BROWSER)
    assert (status, headers["Location"]) == (302, "/console/")
    status, headers, body = get(server, "/", {"Accept": "application/json"})
    assert status == 404 and headers["Content-Type"].startswith("application/json") and b"RequestId" in body


def test_every_file_that_the_page_names_is_there_compressed_and_kept(server):
    status, headers, page = get(server, "/console/instances?q=gpu%3E0", BROWSER)
    if status == 404:
        assert b"built without its web console" in page
        return
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    files = re.findall(r'(?:src|href)="(/console/[^"]+)"', page.decode())
    assert any(name.endswith(".js") for name in files) and any(name.endswith(".css") for name in files)
    for name in files:
        status, headers, sent = get(server, name, {"Accept-Encoding": "br, gzip"})
        assert status == 200, name
        if "/assets/" in name:
            assert headers["Content-Encoding"] == "br" and "immutable" in headers["Cache-Control"], name
            _, _, plain = get(server, name)
            assert len(sent) < len(plain) / 2, name
        status, _, nothing = get(server, name, {"Accept-Encoding": "br, gzip", "If-None-Match": headers["ETag"]})
        assert (status, nothing) == (304, b""), name


def test_off_means_off(fresh_server):
    fresh_server.arguments = ["--console", "off"]
    fresh_server.start()
    for path in ("/", "/console", "/console/", "/console/index.html"):
        status, headers, _ = get(fresh_server, path, BROWSER)
        assert status == 404 and headers["Content-Type"].startswith("application/json"), path
    fresh_server.stop()
