"""A browser that is signed in, as far as the server can tell."""

import json
import urllib.error
import urllib.request

from clients import rest


class Browser:
    """What a browser does with a page of the console: same origin, its cookie, the console's headers."""

    def __init__(self, server):
        self.server = server
        self.cookie = None

    def ask(self, method, path, body=None, **instead):
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json", "X-Atelier-Console": "1"}
        if method != "GET":
            headers["Origin"] = self.server.endpoint
        if self.cookie:
            headers["Cookie"] = self.cookie
        headers.update({name.replace("_", "-"): value for name, value in instead.items()})
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.server.endpoint + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                if set_cookie := answer.headers.get("Set-Cookie"):
                    self.cookie = set_cookie.partition(";")[0]
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def sign_in(self, ticket):
        return self.ask("POST", "/atelier/v1/sign-in", {"Ticket": ticket})


def link_for(server, key=None, body=None):
    return rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="", body=body, key=key)


def signed_in(server, key=None):
    browser = Browser(server)
    status, who = browser.sign_in(link_for(server, key)["Ticket"])
    assert status == 200, who
    return browser, who
