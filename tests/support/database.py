"""A PostgreSQL of the test's own, in a folder of its own, reached by a unix socket there."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from conftest import wait_until

USER = "postgres"  # of the Debian package: PostgreSQL does not run as root


class Database:
    def __init__(self):
        self.programs = max(pathlib.Path("/usr/lib/postgresql").iterdir()) / "bin"
        # Not in pytest's folder, which belongs to root, and whose path is too long for a socket.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="atelier-postgres-"))
        self.process = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self.run("initdb", "--pgdata", self.folder / "data", "--auth", "trust", "--username", USER, "--no-sync",
                 "--encoding", "UTF8", "--locale", "C")
        self.start()

    def as_user(self):
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam(USER)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(self, program, *arguments, check=True):
        return subprocess.run([self.programs / program, *arguments], check=check, capture_output=True, text=True,
                              cwd=self.folder, **self.as_user())

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
                 "-c", "shared_buffers=16MB"], stdout=log, stderr=log, cwd=self.folder, **self.as_user())
        wait_until(lambda: self.run("pg_isready", "-h", self.folder, "-q", check=False).returncode == 0, 60,
                   "the database")

    def stop(self, how=signal.SIGINT):
        """SIGINT ends all sessions, SIGQUIT is a crash."""
        self.process.send_signal(how)
        self.process.wait(30)

    def make_empty(self):
        """The database `atelier`, without anything that it had."""
        self.sql("DROP DATABASE IF EXISTS atelier WITH (FORCE)")
        self.sql("CREATE DATABASE atelier")

    def sql(self, script, database="postgres"):
        done = self.run("psql", "-h", self.folder, "-U", USER, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", script)
        return done.stdout.strip()

    def address(self, database="atelier"):
        return f"postgres://{USER}@/{database}?host={self.folder}"

    def end(self):
        if self.process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)
