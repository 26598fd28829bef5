"""What a host does not isolate or limit (docs/security.md): refused beyond loopback, said on it."""

import os
import subprocess

import pytest
import requests
from conftest import BINARY, Server

FEW = 512  # descriptors; the server needs 1024


@pytest.fixture
def few_descriptors(tmp_path):
    """The server's binary, under a hard limit that is too low."""
    script = tmp_path / "atelier"
    script.write_text(f'#!/bin/sh\nulimit -n {FEW}\nexec "{BINARY}" "$@"\n')
    script.chmod(0o755)
    return script


def serve(binary, folder, *arguments, environment=None):
    """Runs a server that must not come up: (exit code, what it said)."""
    done = subprocess.run([binary, "serve", "--data", str(folder / "data"), "--runtime", "process", *arguments],
                          capture_output=True, text=True, timeout=120, env={**os.environ, **(environment or {})})
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", [("--listen", "0.0.0.0:0"), ("--listen", "[::]:0"),
                                       ("--listen", "127.0.0.1:0", "--isolation", "require")])
def test_beyond_loopback_or_on_demand_it_refuses_and_names_what_is_missing(few_descriptors, tmp_path, arguments):
    code, said = serve(few_descriptors, tmp_path, *arguments)
    assert code == 1, said
    assert "atelier: Preparing the runtime failed: " in said and "--isolation prefer" in said
    assert f"\n- descriptors: The server may have {FEW} files" in said and "LimitNOFILE=" in said


def test_on_loopback_it_serves_and_says_what_is_missing_everywhere(few_descriptors, tmp_path):
    server = Server(tmp_path, runtime="process", binary=few_descriptors).start()
    ready = requests.get(server.endpoint + "/readyz", timeout=30)
    assert ready.status_code == 200
    assert any(w.startswith("descriptors: ") and "LimitNOFILE=" in w for w in ready.json()["Warnings"])
    metrics = requests.get(server.endpoint + "/metrics", timeout=30).text
    assert 'atelier_isolation{control="descriptors"} 0\n' in metrics
    assert 'atelier_isolation{control="network"} ' in metrics and 'atelier_isolation{control="memory"} ' in metrics
    assert "process.not_isolated control=descriptors " in server.log()
    status = subprocess.run([BINARY, "status", "--endpoint", server.endpoint, "--credentials",
                             str(server.data / "credentials.json")], capture_output=True, text=True, timeout=60)
    assert status.returncode == 0, status.stderr
    assert status.stdout.startswith("STATUS  REASON\nready\n") and "\nwarning: descriptors: " in status.stdout
    server.stop()


def test_off_shares_the_network_and_says_so(tmp_path):
    server = Server(tmp_path, runtime="process", arguments=["--isolation", "off"]).start()
    ready = requests.get(server.endpoint + "/readyz", timeout=30).json()
    assert any(warning.startswith("network: ") for warning in ready["Warnings"])
    assert 'atelier_isolation{control="network"} 0\n' in requests.get(server.endpoint + "/metrics", timeout=30).text
    server.stop()


@pytest.mark.parametrize(("arguments", "environment"), [(("--isolate-network", "false"), {}),
                                                        ((), {"ATELIER_ISOLATE_NETWORK": "false"})])
def test_the_former_option_says_what_it_has_become(tmp_path, arguments, environment):
    code, said = serve(BINARY, tmp_path, *arguments, environment=environment)
    assert code == 2
    assert "--isolate-network: is now --isolation: `prefer` for true, `off` for false" in said
