"""A stand-in for JupyterLab that starts in milliseconds: an image whose bin/jupyter-lab answers the same
probes on the same unix socket. `boot` is drawn at its start, so a test can tell whether it is the same process."""

import pathlib
import textwrap

SCRIPT = textwrap.dedent('''\
    #!/usr/bin/python3
    import http.server, json, os, secrets, socketserver, sys

    boot = secrets.token_hex(8)
    options = dict(a.lstrip("-").split("=", 1) for a in sys.argv[1:] if "=" in a)
    path, base = options["ServerApp.sock"], options["ServerApp.base_url"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.headers.get("Authorization") != "token " + os.environ["JUPYTER_TOKEN"]:
                return self.answer(403, {"message": "Forbidden"})
            if self.path == base + "api/kernels":
                return self.answer(200, [])
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
    program = prefix / "bin" / "jupyter-lab"
    program.write_text(SCRIPT)
    program.chmod(0o755)
    return prefix
