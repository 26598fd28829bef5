"""Fixtures for every suite that runs the real binary: a server on a free port, in a folder of its own."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))

from alibabacloud_pai_dsw20220101 import models as dsw  # noqa: E402 (after the path)
from clients import dsw_client  # noqa: E402
from fake_lab import make_image  # noqa: E402

BINARY = os.environ.get("ATELIER_BINARY", "build/asan/atelier")

CATALOGUE = {
    "Specs": [
        {"InstanceType": "ecs.c6.large", "Accelerator": "CPU", "Cpu": 2, "MemoryGb": 4},
        {"InstanceType": "ecs.g6.xlarge", "Accelerator": "CPU", "Cpu": 4, "MemoryGb": 16},
        {"InstanceType": "ecs.gn7i-c8g1.2xlarge", "Accelerator": "GPU", "Cpu": 8, "MemoryGb": 30,
         "Gpu": 1, "GpuType": "NVIDIA A10", "GpuMemoryGb": 24},
    ],
    "Images": [
        {"ImageId": "image-lab", "ImageName": "jupyterlab:4", "ImageUrl": "local/jupyterlab:4",
         "Prefix": os.environ.get("ATELIER_IMAGE", "/nonexistent")},
        {"ImageId": "image-torch", "ImageName": "torch-2.0", "ImageUrl": "registry.example/ns/torch:2.0-cpu-py311",
         "Prefix": "/nonexistent"},
    ],
}


def catalogue_with(prefix):
    """The catalogue with one more image, `image-fake`, at `prefix`."""
    fake = {"ImageId": "image-fake", "ImageName": "fake:1", "ImageUrl": "local/fake:1", "Prefix": str(prefix)}
    return {**CATALOGUE, "Images": [*CATALOGUE["Images"], fake]}


def wait_until(condition, seconds=30.0, what="the condition"):
    """Polls `condition` until it is true and returns its value; fails the test after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)


class Server:
    """One `atelier serve` and the folder it keeps."""

    def __init__(self, folder, runtime="simulated", arguments=(), environment=None, scheme="http",
                 catalogue=None, binary=BINARY):
        self.binary = str(binary)
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.logs = self.folder
        self.runtime = runtime
        self.arguments = list(arguments)
        self.environment = dict(environment or {})
        self.scheme = scheme
        self.process = None
        self.endpoint = None
        self.port = 0
        self.data.mkdir(mode=0o700, exist_ok=True)
        (self.data / "catalogue.json").write_text(json.dumps(catalogue or CATALOGUE))

    def launch(self, environment=None):
        """Starts the process without waiting for anything."""
        self.log_path = self.logs / f"serve-{time.monotonic_ns()}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data", str(self.data), "--runtime", self.runtime,
                 "--listen", f"127.0.0.1:{self.port}", *self.arguments],
                stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment, **(environment or {})})
        return self.process

    def start(self, seconds=30.0, environment=None):
        self.launch(environment)

        def ready():
            if self.process.poll() is not None:
                pytest.fail(f"the server ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            for line in self.log().splitlines():
                if " serve.ready " in line:
                    return next(w for w in line.split() if w.startswith("endpoint=")).split("=", 1)[1]
            return None

        self.endpoint = wait_until(ready, seconds, "the server's readiness")
        self.port = int(self.endpoint.rsplit(":", 1)[1])
        return self

    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def credentials(self):
        return json.loads((self.data / "credentials.json").read_text())

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait(10)

    def stop(self, seconds=30):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                pytest.fail("the server did not end when asked")
        if self.process:
            assert self.process.returncode == 0, self.log()[-4000:]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with simulated instances, shared by the tests of one file."""
    s = Server(tmp_path_factory.mktemp("atelier"))
    s.start()
    yield s
    s.stop()


@pytest.fixture
def fresh_server(tmp_path):
    """A server of the test's own: not started."""
    s = Server(tmp_path)
    yield s
    s.kill()


@pytest.fixture
def process_server(tmp_path):
    """A server that runs real sandboxed processes, from an image that starts in milliseconds: not started.
    Its instances end with the test."""
    s = Server(tmp_path, runtime="process", catalogue=catalogue_with(make_image(tmp_path)),
               arguments=["--sample-every", "1"])
    yield s
    if not s.process or s.process.poll() is not None:
        s.start()
    client = dsw_client(s)
    listed = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=1000)).body
    for instance in listed.instances:
        client.delete_instance(instance.instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0,
               what="the end of the instances")
    s.stop()


def make_tls_server(folder, arguments=(), **more):
    """A server with a certificate of its own for 127.0.0.1 (`certificate`): not started."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    s = Server(folder, arguments=["--tls-certificate", str(certificate), "--tls-key", str(key), *arguments],
               scheme="https", **more)
    s.certificate = certificate
    return s


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory):
    s = make_tls_server(tmp_path_factory.mktemp("atelier-tls")).start()
    yield s
    s.stop()


@pytest.fixture
def model_server(tmp_path):
    """A server that runs real sandboxed processes, with two models in its folder. Its services end with the test."""
    from services import serve_models  # not above: it needs this file

    yield from serve_models(Server(tmp_path, runtime="process"))


@pytest.fixture
def hasty_server(tmp_path):
    """The same, whose services have ten seconds to get ready."""
    from services import serve_models  # not above: it needs this file

    yield from serve_models(Server(tmp_path, runtime="process", arguments=["--service-deadline", "10"]))
