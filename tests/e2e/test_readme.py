"""The examples of README.md as a stranger types them, on both runtimes: each block as it stands, where `make run` was."""

import os
import pathlib
import sys

import pytest
from conftest import BINARY, Server
from test_make_run import IMAGE, Checkout
from typed import ROOT, code, type_in


def try_all(folder):
    """In a folder with the `docs` of the repository and the `data` of a server."""
    listed = type_in(folder, code("README.md", "From Python"), (sys.executable, "-c"))
    assert " from_python " in listed
    (folder / "bin").mkdir()
    (folder / "bin/atelier").symlink_to(pathlib.Path(BINARY).resolve())
    shown = type_in(folder, code("README.md", "From the shell"),
                    environment={"PATH": f"{folder}/bin:{os.environ['PATH']}"})
    assert "/lab/?Token=" in shown, "a link"
    return shown


def test_the_readme_on_the_simulated_runtime(tmp_path):
    server = Server(tmp_path, arguments=["--apps-listen", "127.0.0.1:0"])  # as `atelier up` starts it
    (server.data / "catalogue.json").unlink()  # as without one
    server.start()
    try:
        (tmp_path / "docs").symlink_to(ROOT / "docs")
        try_all(tmp_path)
    finally:
        server.stop()


@pytest.mark.jupyter
def test_the_readme_where_make_run_was(tmp_path):
    checkout = Checkout(tmp_path / "checkout", IMAGE)
    try:
        first = checkout.run()
        (checkout.folder / "docs").symlink_to(ROOT / "docs")
        shown = try_all(checkout.folder)
        assert '{"x": [1, 2]}' in shown, "what the service echoes"
        first.control_c()
    finally:
        checkout.clean()
