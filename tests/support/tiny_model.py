"""A model server that starts in milliseconds and knows nothing of us: it listens on a TCP port, reads its weight
from the folder it is given, and answers POST {"x": [...]} with the weighted sum. `boot` is drawn at its start."""

import json
import pathlib
import textwrap

SCRIPT = textwrap.dedent('''\
    import http.server, json, pathlib, secrets, sys

    weight = json.loads((pathlib.Path(sys.argv[1]) / "weight.json").read_text())
    boot = secrets.token_hex(8)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer({"boot": boot, "path": self.path})

        def do_POST(self):
            x = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["x"]
            self.answer({"y": weight * sum(x), "boot": boot})

        def answer(self, value):
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *rest):
            pass

    print("serving weight", weight, flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", 8501), Handler).serve_forever()
    ''')


def make_models(folder, **weights):
    """Writes the server and one model a keyword below `folder`."""
    for name, weight in weights.items():
        model = pathlib.Path(folder) / name
        model.mkdir(parents=True, exist_ok=True)
        (model / "weight.json").write_text(json.dumps(weight))
        (model / "serve.py").write_text(SCRIPT)


def service_json(name, model, instances=1, **more):
    """The service JSON of the model server with that model."""
    return {"name": name, "model_path": model, "metadata": {"instance": instances, "memory": 512},
            "containers": [{"script": "exec python3 /model/serve.py /model", "port": 8501,
                            "health_check": {"http_get": {"path": "/", "port": 8501}, "period_seconds": 1}}],
            **more}
