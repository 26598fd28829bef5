"""MLServer from PyPI, unmodified, with scikit-learn models that are trained here: deployed, scaled, killed, updated and
rolled back through the official SDK, under load all the time."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest
from alibabacloud_eas20210701 import models as eas
from clients import eas_client, rest
from conftest import CATALOGUE, Server, wait_until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MLSERVER = pathlib.Path(os.environ.get("ATELIER_MLSERVER", ROOT / ".deps/mlserver")).resolve()
REGION = "local"
PORT = 8080
PAUSE = 0.02  # between two requests of a caller: constant load, not all that the machine can do
CALLERS = 3

# The iris of the books. Model v1 names the species as they are numbered there (0 is setosa), v2 from the other end.
TRAIN = """
import sys, joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
x, y = load_iris(return_X_y=True)
joblib.dump(LogisticRegression(max_iter=1000).fit(x, y if sys.argv[2] == "v1" else 2 - y), sys.argv[1])
"""
SETOSA = {"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [[5.1, 3.5, 1.4, 0.2]]}]}
SPECIES_OF_SETOSA = {"v1": 0, "v2": 2}


def make_model(folder, version):
    folder.mkdir(parents=True)
    subprocess.run([MLSERVER / "bin" / "python", "-c", TRAIN, folder / "model.joblib", version], check=True)
    (folder / "model-settings.json").write_text(json.dumps({
        "name": "iris", "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": "./model.joblib", "version": version}}))
    # One process, as small as it comes.
    (folder / "settings.json").write_text(json.dumps({"parallel_workers": 0, "http_port": PORT, "debug": False}))


def service_json(model):
    return {"name": "iris", "model_path": model, "metadata": {"instance": 1, "memory": 2048},
            "containers": [{"image": "local/mlserver:1", "command": "mlserver", "args": ["start", "/model"], "port": PORT,
                            "health_check": {"http_get": {"path": "/v2/models/iris/ready", "port": PORT},
                                             "period_seconds": 1}}]}


class Load:
    """Callers that never pause for long; what each got, and from when on."""

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.answers, self.failures = [], []  # (time of the call, version) and (time of the call, what went wrong)
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.call_on) for _ in range(CALLERS)]

    def predict(self):
        request = urllib.request.Request(self.url + "/v2/models/iris/infer", data=json.dumps(SETOSA).encode(),
                                         headers={"Authorization": self.token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            got = json.load(answer)
        assert got["outputs"][0]["data"] == [SPECIES_OF_SETOSA[got["model_version"]]], got
        return got["model_version"]

    def call_on(self):
        while not self.over.wait(PAUSE):
            at = time.monotonic()
            try:
                self.answers.append((at, self.predict()))
            except Exception as error:  # whatever it is, it is a failed request
                detail = error.read().decode() if isinstance(error, urllib.error.HTTPError) else ""
                self.failures.append((at, f"{error!r} {detail}"))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def iris(tmp_path):
    """(server, client) with the two models in its folder, and no service yet."""
    assert MLSERVER.is_dir(), f"{MLSERVER} is not there: run 'tools/dev setup', or name it in ATELIER_MLSERVER"
    image = {"ImageId": "image-mlserver", "ImageName": "mlserver:1", "ImageUrl": "local/mlserver:1",
             "Prefix": str(MLSERVER)}
    s = Server(tmp_path, runtime="process", catalogue={**CATALOGUE, "Images": [image]})
    for version in SPECIES_OF_SETOSA:
        make_model(s.data / "models" / version, version)
    s.start()
    client = eas_client(s)
    try:
        yield s, client
        client.delete_service(REGION, "iris")
        wait_until(lambda: client.list_services(eas.ListServicesRequest()).body.total_count == 0, 60, "its end")
    finally:
        s.stop()


def service(client):
    return client.describe_service(REGION, "iris").body


def wait_running(client):
    def runs():
        now = service(client)
        assert now.status != "Failed", (now.reason, now.message)
        return now.status == "Running"

    wait_until(runs, 120, "the service running")


def instances(client):
    return client.list_service_instances(REGION, "iris", eas.ListServiceInstancesRequest()).body.instances


def ready(client):
    return {i.instance_name: i for i in instances(client) if i.ready_processes == 1 and i.status == "Running"}


def scale(server, number):
    """ScaleService through the generic door: this version of the package does not have it."""
    rest(server, "PUT", f"/api/v2/services/{REGION}/iris/scale", "ScaleService", version="2021-07-01",
         body={"Instance": number})


def model_processes(server):
    """Host pids of the model servers, by the host name of their instance."""
    found = {}
    for record in (server.data / "instances").glob("easr-*/run-*/sandbox.json"):
        queue = [json.loads(record.read_text())["init"]["pid"]]
        while queue:
            pid = queue.pop()
            with contextlib.suppress(OSError):
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if len(words) > 1 and words[1].endswith(b"/mlserver"):
                    found[record.parent.parent.name] = pid
                for task in os.listdir(f"/proc/{pid}/task"):
                    queue += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def wait_version(load, version):
    """Until every caller gets it: the newest answers are all of that version."""
    seen = len(load.answers)
    wait_until(lambda: len(load.answers) >= seen + 5 * CALLERS and
               {got for _, got in load.answers[-3 * CALLERS:]} == {version}, 120, f"answers of {version} alone")


def kill_one(server, client, load):
    """kill -9 of one model server: out of rotation within a second, and back with its story."""
    victim = next(iter(ready(client).values()))
    process = model_processes(server)[victim.host_name]
    before = len(load.failures)
    killed = time.monotonic()
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: victim.instance_name not in ready(client), 5, "the victim being out of rotation")
    out = time.monotonic()
    assert out - killed < 1.0
    now = wait_until(lambda: ready(client).get(victim.instance_name), 120, "the victim being back")
    # Only what was sent to it while it was in rotation: it may have had an effect, so nobody repeats it.
    lost = load.failures[before:]
    assert len(lost) <= CALLERS and all(at < out and "502" in what for at, what in lost), lost
    del load.failures[before:]
    assert now.restart_count == 1
    last = now.last_state[0]
    assert last["Signal"] == 9 and last["Reason"] == "Error"
    assert last["StartedAt"] <= last["FinishedAt"] <= now.start_time


def kill_the_server(server, client, load):
    """kill -9 of `atelier serve`: the model servers are the same processes afterwards, and nothing else is lost."""
    processes = model_processes(server)
    restarts = {name: i.restart_count for name, i in ready(client).items()}
    before = len(load.failures)
    server.kill()
    server.start()
    back = time.monotonic()
    wait_until(lambda: any(at > back for at, _ in load.answers), 10, "an answer of the new server")
    assert all(at < back for at, _ in load.failures[before:]), "once it is ready, it serves"
    del load.failures[before:]
    assert model_processes(server) == processes
    assert {name: i.restart_count for name, i in ready(client).items()} == restarts


def test_the_life_of_a_real_model(iris):
    server, client = iris
    client.create_service(eas.CreateServiceRequest(body=json.dumps(service_json("v1"))))
    wait_running(client)
    with Load(service(client).internet_endpoint, service(client).access_token) as load:
        wait_version(load, "v1")
        scale(server, 3)
        wait_until(lambda: len(ready(client)) == 3, 120, "three ready instances")

        kill_one(server, client, load)
        kill_the_server(server, client, load)

        scale(server, 1)
        wait_until(lambda: len(instances(client)) == 1, 60, "one instance")
        client.update_service(REGION, "iris", eas.UpdateServiceRequest(body=json.dumps({"model_path": "v2"})))
        wait_running(client)
        wait_version(load, "v2")
        wait_until(lambda: len(instances(client)) == 1, 60, "the end of the old instance")

        client.update_service_version(REGION, "iris", eas.UpdateServiceVersionRequest(version=1))
        wait_running(client)
        wait_version(load, "v1")
        wait_until(lambda: len(instances(client)) == 1, 60, "the end of the other instance")
    assert load.failures == []
    order = [version for _, version in sorted(load.answers)]
    assert order[0] == order[-1] == "v1" and "v2" in order
