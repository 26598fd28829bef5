"""JupyterHub from PyPI: its API alone, with users made beforehand straight in its SQLite database."""

import contextlib
import http.client
import json
import os
import pathlib
import secrets
import subprocess

import processes

CONFIG = pathlib.Path(__file__).with_name("jupyterhub_config.py")

# Users with the role that the hub gives to everybody. Made as its own code would, but in one transaction.
FILL = """
import sys
from jupyterhub import orm, roles
url, count = sys.argv[1], int(sys.argv[2])
db = orm.new_session_factory(url)()
for role in roles.get_default_roles():
    roles.create_role(db, role)
user_role = orm.Role.find(db, "user")
for number in range(count):
    user = orm.User(name=f"user{number:05}")
    user.roles.append(user_role)
    db.add(user)
db.commit()
"""


class JupyterHub:
    def __init__(self, environment, folder, users):
        self.python, self.folder, self.users = environment / "bin" / "python", folder, users
        self.port, self.token = processes.free_port(), secrets.token_hex(16)
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.folder.mkdir(parents=True)
        database = self.folder / "hub.sqlite"
        filled = subprocess.run([self.python, "-c", FILL, f"sqlite:///{database}", str(self.users)],
                                capture_output=True, text=True, cwd=self.folder)
        if filled.returncode != 0:
            raise SystemExit(f"bench: JupyterHub's users could not be made: {filled.stderr[-2000:]}")
        environment = os.environ | {
            "BENCH_HUB_PORT": str(self.port), "BENCH_HUB_DATABASE": str(database), "BENCH_HUB_TOKEN": self.token}
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                processes.pinned(processes.SERVER_CORE, self.python, "-m", "jupyterhub", "-f", CONFIG),
                stdout=log, stderr=log, cwd=self.folder, env=environment)
        processes.wait_until(self.ready, 120, f"JupyterHub (log: {self.folder / 'log'})", every=0.5)

    def ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"bench: JupyterHub ended: {(self.folder / 'log').read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            return len(json.loads(self.get("/hub/api/users?limit=50"))) == 50
        return False

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"token {self.token}"})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise SystemExit(f"bench: JupyterHub answered {response.status}: {body[:500]}")
            return body

    def request(self, path):
        return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                f"Authorization: token {self.token}\r\n\r\n").encode()

    def get_request(self, number):
        return self.request(f"/hub/api/users/user{number % self.users:05}")

    def list_request(self, number):
        return self.request(f"/hub/api/users?limit=50&offset={number * 50 % self.users}")

    def stop(self):
        processes.end(self.process)
