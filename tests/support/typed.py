"""Pages of docs as a stranger types them: their indented blocks, each page in one shell."""

import os
import pathlib
import re
import signal
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHELL = ("bash", "-euo", "pipefail", "-c")  # ends at the first command that fails


def code(page, heading=None):
    """Every line of the page, or below `## heading`, that is indented by four blanks, without them."""
    text = (ROOT / page).read_text()
    if heading:
        text = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = re.findall(r"^ {4}(.*)$", text, re.M)
    assert lines, f"{page} has no code {heading or ''}"
    return "\n".join(lines) + "\n"


def type_in(folder, text, command=SHELL, seconds=300, environment=None):
    """Runs `text` in `folder`, which has everything that the page speaks of, and returns what was printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ATELIER_", "ALIBABA_CLOUD_"))}
    shell = subprocess.Popen([*command, text], cwd=folder, start_new_session=True, text=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env={**kept, "HOME": str(folder), "no_proxy": "127.0.0.1", **(environment or {})})
    over = threading.Timer(seconds, os.killpg, (shell.pid, signal.SIGKILL))
    over.start()
    try:
        printed, status = shell.stdout.read(), shell.wait()
    finally:
        over.cancel()
    assert status == 0, printed[-4000:]
    return printed
