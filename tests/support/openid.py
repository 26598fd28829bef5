"""A real OpenID provider (the package oidc-provider), and a browser that signs in by it with plain HTTP."""

import http.client
import itertools
import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import urllib.parse

from conftest import wait_until

SCRIPT = pathlib.Path(__file__).parents[1] / "sdk" / "node" / "openid_provider.mjs"
NODE_MODULES = pathlib.Path(os.environ.get("ATELIER_NODE", ".deps/node")) / "node_modules"
CALLBACK = "/atelier/v1/sign-in/callback"


def free_port():
    """One that nobody listens on: both sides have to know the other's address before they start."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Provider:
    def __init__(self, redirect_uri):
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.client = {"client_id": "atelier of:tests", "client_secret": secrets.token_hex(24),
                       "redirect_uris": [redirect_uri]}
        self.steered = {}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["node", str(SCRIPT), str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "NODE_PATH": str(NODE_MODULES.resolve()), "ATELIER_CLIENT": json.dumps(self.client)})
        assert self.process.stdout.readline() == b"ready\n"
        self.steer()
        return self

    def stop(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def steer(self, **how):
        """`accounts`: claims by subject; `claims`, `sign`: see the script; `keys`: another number, other keys."""
        self.steered.update(how)
        status, _, _ = ask(self.issuer + "/steer", "POST", json.dumps(self.steered))
        assert status == 200


def ask(url, method="GET", body=None, headers=None, source="127.0.0.1"):
    """(status, headers, body); redirects are not followed."""
    at = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(at.netloc, timeout=30, source_address=(source, 0))
    try:
        connection.request(method, at._replace(scheme="", netloc="", fragment="").geturl() or "/", body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


class Browser:
    """Cookies by origin, and what the console's pages send. Each is at an address of its own: failures are counted by it."""

    numbers = itertools.count(10)

    def __init__(self, console):
        number = next(Browser.numbers)
        self.source = f"127.0.{number // 250}.{number % 250 + 1}"
        self.console = console
        self.cookies = {}

    def go(self, url, method="GET", body=None, headers=None):
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        jar = self.cookies.setdefault(origin, {})
        sent = dict(headers or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        status, headers, text = ask(url, method, body, sent, self.source)
        for line in headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            if value and "max-age=0" not in line.lower() and "01 jan 1970" not in line.lower():
                jar[name] = value
            else:
                jar.pop(name, None)
        return status, headers, text

    def ask(self, method, path, body=None):
        """As a page of the console."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-Atelier-Console": "1"}
        if method != "GET":
            headers |= {"Origin": self.console, "Content-Type": "application/json"}
        status, _, text = self.go(self.console + path, method, None if method == "GET" else json.dumps(body or {}), headers)
        return status, json.loads(text)

    def begin(self, next_page="/"):
        """Where the page sends the browser."""
        status, answer = self.ask("POST", "/atelier/v1/sign-in", {"Provider": "tests", "Next": next_page})
        assert status == 200, answer
        return answer["Url"]

    def at_provider(self, url, login):
        """Signs in there; the URL to come back with."""
        for _ in range(8):
            status, headers, text = self.go(url)
            if status == 200:
                form = re.search(r'action="([^"]+)"', text).group(1)
                _, headers, _ = self.go(
                    urllib.parse.urljoin(url, form), "POST",
                    urllib.parse.urlencode({"prompt": "login", "login": login, "password": "any"}),
                    {"Content-Type": "application/x-www-form-urlencoded"})
            url = urllib.parse.urljoin(url, headers["Location"])
            if CALLBACK in url:
                return url
        raise AssertionError(f"the provider leads nowhere: {url}")

    def come_back(self, url):
        """Path and query of the page that it ends with; the browser itself says that another site leads there."""
        status, headers, _ = self.go(url, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
        assert status == 303, status
        page, _, query = headers["Location"].partition("?")
        assert page == "/console/sign-in"
        return dict(urllib.parse.parse_qsl(query))

    def sign_in(self, login, next_page="/"):
        return self.come_back(self.at_provider(self.begin(next_page), login))

    def session(self):
        status, answer = self.ask("GET", "/atelier/v1/session")
        return answer if status == 200 else None


def provided_server(server, provider, *arguments, rules=None):
    """Makes `server`, which has its port, use the provider: not started."""
    secret = server.folder / "client-secret"
    secret.write_text(provider.client["client_secret"] + "\n")
    secret.chmod(0o600)
    apps = free_port()
    server.arguments = [
        "--public-url", f"http://127.0.0.1:{server.port}", "--apps-listen", f"127.0.0.1:{apps}",
        "--apps-url", f"http://127.0.0.1:{apps}", "--oidc-issuer", provider.issuer,
        "--oidc-client-id", provider.client["client_id"], "--oidc-client-secret-file", str(secret),
        "--oidc-scopes", "openid profile groups", *arguments]
    if rules is not None:
        file = server.folder / "rules.json"
        file.write_text(json.dumps({"Rules": rules}))
        server.arguments += ["--oidc-rules", str(file)]
    return server


def wait_for_line(server, *parts):
    """A line of the server's log with all of `parts`."""
    def found():
        return next((line for line in server.log().splitlines() if all(part in line for part in parts)), None)
    return wait_until(found, 10, f"a log line with {parts}")
