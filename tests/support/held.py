"""What a server's process holds: memory, descriptors and threads."""

import pathlib
import re

import requests


NONCE = 16 / 2**20  # MiB that a remembered request takes; they go after a day, or beyond an eighth of their bound


def held(server):
    """(MiB, descriptors, threads) of the server's process, without the nonces that it has to remember. Of a build with
    AddressSanitizer, what is allocated counts: its resident memory grows by freed memory that the sanitizer keeps, to
    tell who still uses it."""
    process = pathlib.Path(f"/proc/{server.process.pid}")
    descriptors = len(list((process / "fd").iterdir()))
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    page = requests.get(f"{server.endpoint}/metrics", timeout=30).text
    allocated = re.search(r"^process_live_heap_bytes (\S+)$", page, re.M)
    memory = float(allocated[1]) / 2**20 if allocated else int(status["VmRSS"].split()[0]) / 2**10
    memory -= NONCE * float(re.search(r"^atelier_nonces (\S+)$", page, re.M)[1])
    return round(memory, 1), descriptors, int(status["Threads"])
