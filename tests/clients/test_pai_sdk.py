"""The PAI Python SDK, unmodified, with the setting that docs/clients.md names."""

import json
import pathlib

from programs import PYTHON, run
from services import REGION

DEPLOY = pathlib.Path(__file__).parent / "python" / "deploy.py"


def test_alipai_deploys_a_service_and_calls_it(model_server, tmp_path):
    key = model_server.credentials()
    told = run([PYTHON, DEPLOY, model_server.endpoint, key["access_key_id"], key["access_key_secret"], REGION], tmp_path)
    assert json.loads(told.splitlines()[-1]) == {"answer": {"x": [1, 2, 3]}, "running": "Running", "raw": "[4]"}
