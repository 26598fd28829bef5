"""What a host shows of the instances of the process runtime."""

import glob
import pathlib

from gateway_session import browser


def boot_of(server, client, instance_id):
    """What the fake image drew at its start: another process answers with another one."""
    return browser(client, instance_id).get(f"{server.endpoint}/{instance_id}/lab/", timeout=30).json()["boot"]


def command_lines():
    """The arguments of every process of the host, by pid."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it ended while we looked
    return found


def processes_of(instance_id):
    return [pid for pid, words in command_lines().items() if any(instance_id.encode() in word for word in words)]


def shims_of(instance_id):
    """Of all its lives: `atelier keep <data>/instances/<id>/run-<generation>`."""
    folder = f"/instances/{instance_id}/run-".encode()
    return [pid for pid, words in command_lines().items() if words[1:2] == [b"keep"] and folder in words[2]]


def left_over_of(server, instance_id):
    """Everything that should be gone once the instance is deleted: processes, files, control groups."""
    left = [f"process {pid}" for pid in processes_of(instance_id)]
    left += [str(path) for path in (server.data / "instances").glob(instance_id)]
    left += glob.glob(f"/sys/fs/cgroup/**/{instance_id}.*", recursive=True)  # others make and remove theirs meanwhile
    return left
