"""A model server of the standard library alone: POST {"x": [1, 2]} answers {"y": the weighted sum}."""

import http.server
import json
import os
import pathlib

FOLDER = pathlib.Path(os.environ["MODEL_PATH"])
WEIGHT = json.loads((FOLDER / "weight.json").read_text()) * float(os.environ.get("SCALE", "1"))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"healthy": True})

    def do_POST(self):
        x = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["x"]
        self.answer({"y": WEIGHT * sum(x)})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", 8501), Handler).serve_forever()
