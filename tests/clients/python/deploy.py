"""Deploys a service through the PAI Python SDK, calls it and deletes it: URL KEY_ID SECRET, both of the account, and
the region. Prints what came of it as JSON."""

import functools
import json
import pathlib
import shlex
import sys

import pai.api.client_factory as factory

url, key_id, secret, region = sys.argv[1:]
scheme, address = url.split("://")
# The two lines of docs/clients.md.
factory.DEFAULT_SERVICE_ENDPOINT_PATTERN = address
factory.Config = functools.partial(factory.Config, protocol=scheme)

from pai.model import Model, container_serving_spec  # noqa: E402 (after the setting)
from pai.session import setup_default_session  # noqa: E402

ECHO = (pathlib.Path(__file__).parent.parent / "echo.py").read_text()

session = setup_default_session(access_key_id=key_id, access_key_secret=secret, region_id=region)
spec = container_serving_spec(command="exec python3 -c " + shlex.quote(ECHO), image_uri="local/jupyterlab:4", port=8501)
predictor = Model(inference_spec=spec).deploy(service_name="by_sdk", resource_config={"cpu": 1, "memory": 512})
print(json.dumps({"answer": predictor.predict({"x": [1, 2, 3]}), "running": predictor.service_status,
                  "raw": predictor.raw_predict(data=b"[4]").content.decode()}))
predictor.delete_service()
