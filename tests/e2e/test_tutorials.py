"""The commands of docs/tutorials, typed as they stand."""

import os
import pathlib
import socket

import pytest
from conftest import BINARY, Server
from typed import ROOT, code, type_in

IMAGE = os.environ.get("ATELIER_IMAGE", "")


def stand_in(folder, binary):
    """Makes of `folder` what the place where `make run` was looks like to who types."""
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/atelier").symlink_to(pathlib.Path(binary).resolve())
    (folder / ".deps").mkdir()
    (folder / ".deps/image").symlink_to(IMAGE)
    (folder / "docs").symlink_to(ROOT / "docs")


@pytest.fixture
def place(tmp_path):
    """A folder where a server of the standard image is at work, as after `make run`."""
    lab = {"ImageId": "image-jupyterlab", "ImageName": "jupyterlab:4", "ImageUrl": "local/jupyterlab:4", "Prefix": IMAGE}
    s = Server(tmp_path, runtime="process", catalogue={"Images": [lab]}).start()
    stand_in(tmp_path, s.binary)
    yield tmp_path, s
    s.stop()


def test_deploy_and_update_a_model(place):
    folder, s = place
    printed = type_in(folder, code("docs/tutorials/model.md").replace("127.0.0.1:8080", s.address))
    assert '"species": "setosa", "trees": 1}' in printed
    assert '"species": "versicolor"' in printed
    assert '"species": "setosa", "trees": 50}' in printed


def test_a_notebook_day(place):
    folder, s = place
    printed = type_in(folder, code("docs/tutorials/notebook.md"))
    assert f"{s.scheme}://{s.address}/dsw-" in printed


def test_run_it_for_a_team(tmp_path):
    stand_in(tmp_path, BINARY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    printed = type_in(tmp_path, code("docs/tutorials/team.md").replace("127.0.0.1:8090", f"127.0.0.1:{port}"))
    assert "ada" in printed
    assert (tmp_path / "team.backup/store.export").is_file()
