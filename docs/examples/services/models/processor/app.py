"""An own processor in Python: it serves HTTP on the port that PORT names; MODEL_PATH says where the model is."""

import http.server
import json
import os
import pathlib

WEIGHT = json.loads((pathlib.Path(os.environ["MODEL_PATH"]) / "weight.json").read_text())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        x = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["x"]
        body = json.dumps({"y": WEIGHT * sum(x)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
