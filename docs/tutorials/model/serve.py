"""Answers POST {"x": [sepal length, sepal width, petal length, petal width]} with the species, on port 8000."""

import http.server
import json
import os
import pathlib

import joblib

TRAINED = joblib.load(pathlib.Path(os.environ["MODEL_PATH"]) / "model.joblib")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # the health check
        self.answer(200, {"trees": TRAINED["trees"]})

    def do_POST(self):
        try:
            x = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["x"]
            species = TRAINED["species"][TRAINED["model"].predict([x])[0]]
        except (KeyError, TypeError, ValueError) as error:
            return self.answer(400, {"error": str(error)})
        self.answer(200, {"species": species, "trees": TRAINED["trees"]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
