"""Programs of tests/clients, each with the vendor's packages of its language."""

import os
import pathlib
import subprocess

PYTHON = pathlib.Path(os.environ.get("ATELIER_CLIENTS", ".deps/clients")).resolve() / "bin" / "python"


def run_program(command, home):
    """Its standard output and error; proxies that the environment names are not for what is on this machine."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout, done.stderr


def run(command, home):
    """Its standard output."""
    return run_program(command, home)[0]
