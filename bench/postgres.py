"""PostgreSQL 15 with the table of instances and the indexes that an expert would add."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import processes

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "postgres"  # of the Debian package: PostgreSQL does not run as root

# For one core and a warm table of a gigabyte. No parallel plans: the server has one core, as Atelier has.
SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "max_wal_size": "4GB",
    "listen_addresses": "",
}

SCHEMA = """
CREATE EXTENSION pg_trgm;
CREATE TABLE instances(
  id text NOT NULL, workspace text NOT NULL, owner text NOT NULL, name text NOT NULL, status text NOT NULL,
  accelerator text NOT NULL, accessibility text NOT NULL, image_name text NOT NULL, priority int NOT NULL,
  milli_cpu int NOT NULL, memory_mib int NOT NULL, milli_gpu int NOT NULL, created bigint NOT NULL,
  modified bigint NOT NULL, labels jsonb NOT NULL);
COPY instances FROM '{table}';
ALTER TABLE instances ADD PRIMARY KEY (id);
CREATE INDEX ON instances(workspace, modified DESC, id DESC);
CREATE INDEX ON instances(owner);
CREATE INDEX ON instances(status, modified DESC, id DESC);
CREATE INDEX ON instances(image_name);
CREATE INDEX ON instances(modified, id);
CREATE INDEX ON instances(created, id);
CREATE INDEX ON instances(priority, id);
CREATE INDEX ON instances USING gin(labels jsonb_path_ops);
CREATE INDEX ON instances USING gin(name gin_trgm_ops);
VACUUM (ANALYZE) instances;
"""


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def list_query(conditions, page_size):
    """The page and, in the same pass, the count over all pages."""
    return (f"SELECT *, count(*) OVER () FROM instances WHERE {' AND '.join(conditions)} "
            f"ORDER BY modified DESC, id DESC LIMIT {page_size};")


class Postgres:
    """A server of its own in a folder of its own, reached by a unix socket there."""

    def __init__(self, table):
        self.table = table
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-postgres-", dir="/var/tmp"))
        self.process = None

    def start(self):
        shutil.copy(self.table, self.folder / "table")
        if os.geteuid() == 0:
            for path in (self.folder, self.folder / "table"):
                shutil.chown(path, USER)
        self.run("initdb", "--pgdata", self.folder / "data", "--auth", "trust", "--username", USER,
                 "--no-sync", "--encoding", "UTF8", "--locale", "C")
        settings = [argument for name, value in SETTINGS.items() for argument in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                processes.pinned(processes.SERVER_CORE, PROGRAMS / "postgres", "-D", self.folder / "data",
                                 "-k", self.folder, *settings),
                stdout=log, stderr=log, cwd=self.folder, **self.as_user())
        processes.wait_until(self.ready, 30, "PostgreSQL")
        self.sql(SCHEMA.format(table=self.folder / "table"))
        (self.folder / "table").unlink()

    def as_user(self):
        """PostgreSQL refuses to run as root; anybody else runs it as himself."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam(USER)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(self, program, *arguments, check=True):
        done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, cwd=self.folder,
                              **self.as_user())
        if check and done.returncode != 0:
            raise SystemExit(f"bench: {program} failed: {done.stderr[-2000:]}")
        return done

    def ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"bench: PostgreSQL ended: {(self.folder / 'log').read_text()[-2000:]}")
        return self.run("pg_isready", "-h", self.folder, "-U", USER, "-q", check=False).returncode == 0

    def sql(self, script):
        return self.run("psql", "-h", self.folder, "-U", USER, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt",
                        *(argument for statement in script.split(";") if statement.strip()
                          for argument in ("-c", statement))).stdout

    def count(self, query):
        """Of all pages, as `query` tells it in the last column."""
        rows = self.sql(query).splitlines()
        return int(rows[0].rpartition("|")[2]) if rows else 0

    def rate(self, queries, clients, seconds):
        """Answers a second to `queries` in turn, prepared, from pgbench on the other core; and the CPU seconds that
        the server used for each second."""
        files = []
        for number, query in enumerate(queries):
            file = self.folder / f"query-{number}.sql"
            file.write_text(query + "\n")
            file.chmod(0o644)
            files += ["-f", file]
        before = self.cpu_seconds()
        done = subprocess.run(
            processes.pinned(processes.LOAD_CORE, PROGRAMS / "pgbench", "-h", self.folder, "-U", USER, "-n", "-M",
                             "prepared", "-c", clients, "-j", 1, "-T", seconds, *files, "postgres"),
            check=True, capture_output=True, text=True, cwd=self.folder, **self.as_user())
        lines = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
        if not lines:
            raise SystemExit(f"bench: pgbench said: {done.stdout}{done.stderr}")
        return float(lines[0].split()[2]), (self.cpu_seconds() - before) / seconds

    def cpu_seconds(self):
        return processes.cpu_seconds(self.process)

    def stop(self):
        processes.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
