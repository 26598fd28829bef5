"""Promise 8 in a real browser: what a hostile page of a notebook can do to who looks at it while they are signed in.
It can read nothing, call nothing, and neither take nor end the session."""

import json

import pytest
from clients import create, dsw_client, rest, rpc, status_of
from conftest import Server, catalogue_with, wait_until
from fake_lab import make_image
from lab_page import chromium

ASYNC = "const done = arguments[arguments.length - 1]; const args = [...arguments]; (async () => { %s })().then(done, e => done(String(e)));"

SIGN_IN = """
    const answer = await fetch("/atelier/v1/sign-in", {method: "POST", body: JSON.stringify({Ticket: args[0]}),
      headers: {"Content-Type": "application/json", "X-Atelier-Console": "1"}});
    return answer.status;"""

WHO = """
    const answer = await fetch("/atelier/v1/session", {headers: {"X-Atelier-Console": "1"}});
    return [answer.status, (await answer.json()).UserName];"""

OPEN = """
    const answer = await fetch(`/atelier/v1/instances/${args[0]}/open-links`, {method: "POST", body: "{}",
      headers: {"Content-Type": "application/json", "X-Atelier-Console": "1"}});
    return await answer.json();"""

# What it tries, by name; "no" is what it must come to.
HOSTILE = """
    const [console_, other] = args;
    const json = {"Content-Type": "application/json", "X-Atelier-Console": "1"};
    const tried = {};
    const attempt = async (name, action) => {
      try { tried[name] = String(await action()); } catch { tried[name] = "no"; }
    };
    const read = async (url, options = {}) =>
      (await fetch(url, {credentials: "include", ...options})).text();
    await attempt("cookie", () => /session|atelier/.test(document.cookie) ? document.cookie : "no");
    await attempt("read", () => read(console_ + "/atelier/v1/session"));
    await attempt("read with the header", () => read(console_ + "/atelier/v1/session", {headers: json}));
    await attempt("list", () => read(console_ + "/atelier/v1/sessions"));
    await attempt("change", () => read(console_ + "/atelier/v1/sign-out", {method: "POST", headers: json, body: "{}"}));
    await attempt("change, unseen", async () => {
      for (const path of ["/atelier/v1/sign-out", "/?Action=CreateUser&Version=2015-05-01&UserName=eve"])
        await fetch(console_ + path, {method: "POST", mode: "no-cors", credentials: "include", body: "{}"});
      return "no";
    });
    await attempt("form", () => new Promise((done) => {
      const frame = document.createElement("iframe");
      frame.name = "f"; document.documentElement.append(frame);
      const form = document.createElement("form");
      form.method = "POST"; form.target = "f"; form.enctype = "text/plain";
      form.action = console_ + "/?Action=CreateUser&Version=2015-05-01&UserName=eve";
      document.documentElement.append(form); form.submit();
      frame.onload = () => { let seen = "no"; try { seen = frame.contentDocument.body.innerText || "no"; } catch {} done(seen); };
    }));
    await attempt("socket", () => new Promise((done) => {
      const socket = new WebSocket(console_.replace("http", "ws") + "/atelier/v1/session");
      socket.onopen = () => done("open"); socket.onerror = () => done("no");
    }));
    await attempt("service worker of all", async () => {
      await navigator.serviceWorker.register("worker.js", {scope: "/"});
      return "registered";
    });
    await attempt("another notebook", () => read(other));
    for (const name of ["atelier-session", "__Host-atelier"])
      for (const rest of ["path=/", "path=/atelier", "domain=localhost; path=/", "domain=127.0.0.1; path=/"])
        document.cookie = `${name}=${"x".repeat(43)}; ${rest}`;
    return tried;"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    server = Server(folder, runtime="process", catalogue=catalogue_with(make_image(folder)),
                    arguments=["--apps-listen", "127.0.0.1:0"]).start()
    client = dsw_client(server)
    ids = [create(client, name, image="image-fake") for name in ("hostile", "neighbour")]
    for instance in ids:
        wait_until(lambda i=instance: status_of(client, i) == "Running", 60)
    yield server, ids
    server.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("door", ["Url", "PortUrl"])
def test_promise_8_a_hostile_page_of_a_notebook_can_do_nothing(place, tmp_path, host, door):
    server, (hostile, neighbour) = place
    console = f"http://{host}:{server.port}"
    ticket = rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="", body={})["Ticket"]
    with chromium(tmp_path / "profile") as driver:
        driver.set_script_timeout(90)

        def run(script, *arguments):
            return driver.execute_async_script(ASYNC % script, *arguments)

        driver.get(f"{console}/healthz")
        assert run(SIGN_IN, ticket) == 200
        # The neighbour is open in this browser, too.
        url = run(OPEN, neighbour)[door]
        driver.get(url)
        wait_until(lambda: driver.current_url.endswith(f"/{neighbour}/lab/"), 60, "the notebook")
        at_neighbour = driver.current_url

        driver.get(f"{console}/healthz")
        link = run(OPEN, hostile)
        driver.get(link[door])
        wait_until(lambda: driver.current_url.endswith(f"/{hostile}/lab/"), 60, "the notebook")
        assert ("#" not in driver.current_url) and "ticket" not in driver.current_url
        apps = f"http://{hostile}.localhost:" if door == "Url" else f"http://{host}:"
        assert driver.current_url.startswith(apps)
        seen = json.loads(driver.find_element("tag name", "pre").text)["headers"]
        assert "Cookie" not in seen, "neither the session's nor the gateway's"

        tried = run(HOSTILE, console, at_neighbour)
        if door == "PortUrl":
            # One origin for all notebooks that are opened at the port: docs/security.md says so.
            assert neighbour in tried.pop("another notebook")
        assert set(tried.values()) == {"no"}, tried

        driver.get(f"{console}/healthz")
        assert run(WHO) == [200, "atelier"]
    assert "eve" not in [user["UserName"] for user in rpc(server, "ListUsers", {})["Users"]["User"]]
