"""Own processors, as the documents have them: libraries in C++ that are compiled here, and programs in Python. Deployed
through the official SDK, called through the gateway, broken, and seen to come back."""

import concurrent.futures
import json
import shutil
import subprocess
import tarfile
import textwrap
import urllib.error
import urllib.request

import pytest
from alibabacloud_eas20210701 import models as eas
from clients import eas_client
from conftest import Server, wait_until
from services import REGION, create, delete_all, instances

THREADS = 5  # metadata.rpc.worker_threads, when nothing is said

# The documented interface and nothing else. "meet" returns once as many requests as there are threads are inside.
ECHO = textwrap.dedent("""\
    #include <condition_variable>
    #include <cstdio>
    #include <cstdlib>
    #include <cstring>
    #include <dirent.h>
    #include <mutex>
    #include <string>

    static std::mutex mutex;
    static std::condition_variable all_here;
    static int inside = 0;

    extern "C" {

    void *initialize(const char *model_entry, const char *model_config, int *state) {
      printf("loading %s\\n", model_entry);
      DIR *dir = opendir(model_entry);
      if (!dir) {
        *state = 400;
        return nullptr;
      }
      auto *files = new std::string(model_config);
      while (dirent *entry = readdir(dir))
        if (entry->d_name[0] != '.') *files += std::string(",") + entry->d_name;
      closedir(dir);
      *state = 0;
      return files;
    }

    int process(void *model_buf, const void *input_data, int input_size, void **output_data, int *output_size) {
      const std::string input((const char *)input_data, input_size);
      if (input == "crash") abort();
      if (input == "meet") {
        std::unique_lock lock(mutex);
        ++inside;
        all_here.notify_all();
        all_here.wait(lock, [] { return inside >= 5; });
      }
      const std::string output = *(std::string *)model_buf + ":" + input;
      *output_data = malloc(output.size());
      memcpy(*output_data, output.data(), output.size());
      *output_size = output.size();
      return input.rfind("code ", 0) == 0 ? atoi(input.c_str() + 5) : 0;
    }

    }
    """)

# It knows nothing of us but what docs/api.md says: PORT and MODEL_PATH.
APP = textwrap.dedent("""\
    import http.server, json, os, pathlib, sys

    weight = json.loads(pathlib.Path(os.environ["MODEL_PATH"], "weight.json").read_text())

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            x = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps({"y": weight * x, "prefix": sys.prefix}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """)


def compile_echo(folder):
    """libecho.so, by whatever C++ compiler there is."""
    compiler = next(c for c in map(shutil.which, ("c++", "g++", "clang++-19", "clang++")) if c)
    folder.mkdir(parents=True)
    (folder / "echo.cc").write_text(ECHO)
    subprocess.run([compiler, "-std=c++17", "-shared", "-fPIC", "-pthread", "-o", folder / "libecho.so",
                    folder / "echo.cc"], check=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With a compiled processor, a model of two files for it, and room for more below `data/models`."""
    s = Server(tmp_path_factory.mktemp("processors"), runtime="process")
    compile_echo(s.data / "models" / "echo")
    for name in ("words", "letters"):
        (s.data / "models" / "small").mkdir(exist_ok=True)
        (s.data / "models" / "small" / name).write_text("")
    (s.data / "models" / "weight.json").write_text("3")
    s.start()
    client = eas_client(s)
    try:
        yield s
        delete_all(client)
    finally:
        s.stop()


@pytest.fixture
def client(server):
    return eas_client(server)


def deploy(client, **config):
    create(client, {"metadata": {"instance": 1, "memory": 512}, **config})


def echo(name, **more):
    return {"name": name, "processor_path": "echo", "processor_entry": "libecho.so", "processor_type": "cpp",
            "model_path": "small", "model_config": "files", **more}


def instance(client, name):
    """Its youngest one."""
    return wait_until(lambda: instances(client, name).instances, 10, f"an instance of {name}")[0]


def wait_ready(client, name, restarts=0):
    def ready():
        now = instance(client, name)
        return now if now.ready_processes == 1 and now.restart_count >= restarts else None

    return wait_until(ready, 60, f"{name} being ready")


def call(client, name, body):
    """(status, bytes) of a POST to the service."""
    service = client.describe_service(REGION, name).body
    request = urllib.request.Request(service.internet_endpoint, data=body.encode(),
                                     headers={"Authorization": service.access_token})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def parts(answer):
    """(config, the files of the model, input) of what the library answered."""
    files, _, given = answer.decode().partition(":")
    config, *names = files.split(",")
    return config, sorted(names), given


def test_a_library_in_cpp_serves_crashes_and_comes_back(client):
    deploy(client, **echo("echo"))
    found = wait_ready(client, "echo")
    assert found.instance_port == 8080

    status, answer = call(client, "echo", "hello")
    assert (status, parts(answer)) == (200, ("files", ["letters", "words"], "hello"))
    assert call(client, "echo", "code 404")[0] == 404
    assert call(client, "echo", "code 77")[0] == 400, "no status of HTTP"

    with concurrent.futures.ThreadPoolExecutor(THREADS) as callers:
        answers = callers.map(lambda _: call(client, "echo", "meet"), range(THREADS))
        assert [status for status, _ in answers] == [200] * THREADS

    assert call(client, "echo", "crash")[0] == 502
    back = wait_ready(client, "echo", restarts=1)
    last = back.last_state[0]
    assert (back.instance_name, back.restart_count) == (found.instance_name, 1)
    assert (last["Signal"], last["Reason"]) == (6, "Error")
    assert "loading /model" in last["Log"]
    assert call(client, "echo", "again")[0] == 200


def test_a_package_is_unpacked_and_a_failing_initialize_is_told(server, client):
    models = server.data / "models"
    with tarfile.open(models / "echo_release.tar.gz", "w:gz") as package:
        fixed = tarfile.TarInfo("fixed")  # what a second start has to take away although nobody may write to it
        fixed.type, fixed.mode = tarfile.DIRTYPE, 0o555
        package.addfile(fixed)
        package.addfile(tarfile.TarInfo("fixed/file"))
        package.add(models / "echo" / "libecho.so", "libecho.so")
    deploy(client, **echo("packed", processor_path="echo_release.tar.gz", model_entry="absent"))

    wait_until(lambda: instance(client, "packed").restart_count >= 2, 60, "two runs that failed")
    last = instance(client, "packed").last_state[0]
    assert (last["ExitCode"], last["Reason"]) == (1, "Error")
    assert "libecho.so: initialize() failed with state 400" in last["Log"]
    assert instance(client, "packed").ready_processes == 0

    client.update_service(REGION, "packed", eas.UpdateServiceRequest(body=json.dumps({"model_entry": "."})))
    wait_until(lambda: client.describe_service(REGION, "packed").body.status == "Running", 60, "the service running")
    assert parts(call(client, "packed", "x")[1]) == ("files", ["letters", "words"], "x")


def test_what_is_no_library_is_told(server, client):
    (server.data / "models" / "echo" / "libtext.so").write_text("no library")
    deploy(client, **echo("wrong", processor_entry="libtext.so"))
    last = wait_until(lambda: instance(client, "wrong").last_state, 60, "a first run that failed")[0]
    assert last["ExitCode"] == 1
    assert "/processor/libtext.so" in last["Log"]


def python_app(models, name):
    folder = models / name
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    return {"name": name, "processor_path": name, "processor_entry": "./app.py", "processor_type": "python",
            "model_path": "."}


def test_a_program_in_python_serves_on_the_port_it_is_told(server, client):
    deploy(client, **python_app(server.data / "models", "app"))
    wait_ready(client, "app")
    status, answer = call(client, "app", "14")
    assert (status, json.loads(answer)["y"]) == (200, 42)


def test_its_own_environment_runs_it(server, client):
    config = python_app(server.data / "models", "app_with_env")
    environment = server.data / "models" / "app_with_env" / "ENV"
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", environment], check=True)
    deploy(client, **config)
    wait_ready(client, "app_with_env")
    assert json.loads(call(client, "app_with_env", "1")[1]) == {"y": 3, "prefix": "/processor/ENV"}
