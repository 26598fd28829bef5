"""The examples of README.md as a stranger types them, on both runtimes: each block as it stands, where `make run` was."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest
from conftest import BINARY, Server
from test_make_run import IMAGE, Checkout

ROOT = pathlib.Path(__file__).resolve().parents[2]


def block(heading):
    """The code below `## heading`, as the page shows it."""
    section = (ROOT / "README.md").read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("    ")]
    assert lines, f"README.md has no code below {heading}"
    return textwrap.dedent("\n".join(lines)) + "\n"


def run(command, code, folder):
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    if not (bin_folder / "atelier").exists():
        (bin_folder / "atelier").symlink_to(BINARY)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ATELIER_", "ALIBABA_CLOUD_"))}
    environment |= {"PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(folder), "no_proxy": "127.0.0.1"}
    done = subprocess.run([*command, code], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    return done.stdout


def try_all(folder):
    """In a folder with the `docs` of the repository and the `data` of a server."""
    listed = run([sys.executable, "-c"], block("From Python"), folder)
    assert " from_python " in listed
    shown = run(["bash", "-euo", "pipefail", "-c"], block("From the shell"), folder)
    assert "/lab/?Token=" in shown, "a link"
    return shown


def test_the_readme_on_the_simulated_runtime(tmp_path):
    server = Server(tmp_path)
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
