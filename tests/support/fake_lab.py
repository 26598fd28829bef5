"""A stand-in for JupyterLab that starts in milliseconds: an image whose bin/jupyter-lab answers the same
probes on the same unix socket. `boot` is drawn at its start, so a test can tell whether it is the same process.
`run?code=...` runs Python inside, with the image's own interpreter if it has one."""

import pathlib
import textwrap

SCRIPT = textwrap.dedent('''\
    #!/usr/bin/python3
    import http.server, json, os, secrets, socketserver, subprocess, sys, urllib.parse

    boot = secrets.token_hex(8)
    options = dict(a.lstrip("-").split("=", 1) for a in sys.argv[1:] if "=" in a)
    path, base = options["ServerApp.sock"], options["ServerApp.base_url"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.headers.get("Authorization") != "token " + os.environ["JUPYTER_TOKEN"]:
                return self.answer(403, {"message": "Forbidden"})
            if self.path == base + "api/kernels":
                return self.answer(200, [])
            if self.path.startswith(base + "run?"):
                code = urllib.parse.parse_qs(self.path.partition("?")[2])["code"][0]
                own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python")
                done = subprocess.run([own if os.path.exists(own) else "/usr/bin/python3", "-c", code],
                                      capture_output=True, text=True)
                return self.answer(200, {"code": done.returncode, "out": done.stdout, "err": done.stderr})
            self.answer(200, {"boot": boot, "path": self.path, "headers": dict(self.headers),
                              "variable": os.environ.get("GREETING"), "home": os.listdir(".")})

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "gateway"

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    print("fake lab is up", flush=True)
    Server(path, Handler).serve_forever()
    ''')


def make_image(folder):
    """Makes the image below `folder` and returns its prefix."""
    prefix = pathlib.Path(folder) / "fake-image"
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    return put_lab(prefix)


def put_lab(prefix):
    """Makes an image of the folder `prefix`, an environment of Python say, and returns it."""
    program = pathlib.Path(prefix) / "bin" / "jupyter-lab"
    program.write_text(SCRIPT)
    program.chmod(0o755)
    return pathlib.Path(prefix)
