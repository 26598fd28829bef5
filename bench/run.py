#!/usr/bin/env python3
"""The bars of the API and of the gateway, measured beside peers in the same minutes on the same cores: `make bench`."""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

import acs3
import gateway
import processes
import recommender
import scale
import small
import streams
from report import print_report

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "tests" / "data" / "signing-vectors.json"
PARTS = {
    "reads": f"GetInstance and ListInstances among {small.SIZE:,}, restart and memory",
    "creates": "durable creation beside a bare SQLite loop",
    "gateway": "requests to a service, beside nginx and configurable-http-proxy",
    "streams": f"memory of {streams.STREAMS:,} live streams, and how soon they hear of a change",
    "scale": "the large population: reads beside nginx, pages, growth, changes",
    "postgres": "the large population: lists with filters beside PostgreSQL",
    "jupyterhub": "the large population: one and fifty beside JupyterHub",
    "recommender": "what recommendations find, beside popularity and ALS",
    "directory": "the read model alone, in process, beside a naive scan",
}
LARGE = {"scale", "postgres", "jupyterhub"}


def measure(options, folder):
    rows, notes = [], []
    if "reads" in options.only:
        add(rows, notes, small.measure_population(options, folder))
    if "creates" in options.only:
        print("durable creation, beside a bare SQLite loop ...", flush=True)
        rows.append(small.measure_creates(options, folder))
    if "gateway" in options.only:
        add(rows, notes, gateway.measure(options, folder))
    if "streams" in options.only:
        add(rows, notes, streams.measure(options, folder))
    if LARGE & options.only:
        add(rows, notes, scale.measure(options, folder))
    if "recommender" in options.only:
        add(rows, notes, recommender.measure(options, folder))
    if rows:
        print_report(rows, notes)
    if "directory" in options.only:
        print("\nthe read model alone:", flush=True)
        subprocess.run(processes.pinned(processes.SERVER_CORE, options.directory_bench, options.instances), check=True)


def add(rows, notes, part):
    rows += part[0]
    notes += part[1]


def parse_options():
    parts = "; ".join(f"{name}: {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atelier", type=pathlib.Path, required=True, help="the release binary")
    parser.add_argument("--sqlite-loop", type=pathlib.Path, help="default: bench/sqlite_loop beside the binary")
    parser.add_argument("--seed", type=pathlib.Path, help="default: bench/seed beside the binary")
    parser.add_argument("--directory-bench", type=pathlib.Path, help="default: bench/directory_bench beside the binary")
    parser.add_argument("--jupyterhub", type=pathlib.Path, help="a Python environment that has JupyterHub")
    parser.add_argument("--node", type=pathlib.Path, help="a folder whose node_modules has configurable-http-proxy")
    parser.add_argument("--recommender-bench", type=pathlib.Path,
                        help="default: bench/recommender_bench beside the binary")
    parser.add_argument("--recommender-python", type=pathlib.Path, help="the Python of an environment that has implicit")
    parser.add_argument("--movielens", type=pathlib.Path, help="a folder with ml-100k.inter and ml-100k.item")
    parser.add_argument("--instances", type=int, default=1_000_000, help="of the large population")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, with commas between them ({parts})")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side, alternating")
    parser.add_argument("--seconds", type=int, default=3, help="length of one run")
    options = parser.parse_args()
    options.only = set(options.only.split(","))
    if options.only - set(PARTS):
        parser.error(f"--only knows {', '.join(PARTS)}")
    if "jupyterhub" in options.only and options.jupyterhub is None:
        parser.error("JupyterHub needs --jupyterhub")
    if "gateway" in options.only and options.node is None:
        parser.error("the gateway needs --node")
    if "recommender" in options.only and None in (options.recommender_python, options.movielens):
        parser.error("the recommender needs --recommender-python and --movielens")
    options.atelier = options.atelier.resolve()
    for name in ("sqlite_loop", "seed", "directory_bench", "recommender_bench"):
        given = getattr(options, name)
        setattr(options, name, (given or options.atelier.parent / "bench" / name).resolve())
    options.node = options.node and options.node.resolve()
    # Not resolved: the links of an environment are what makes it one.
    for name in ("jupyterhub", "recommender_python"):
        given = getattr(options, name)
        setattr(options, name, given and pathlib.Path(os.path.abspath(given)))
    return options


def main():
    options = parse_options()
    if VECTORS.exists():
        print(f"signing agrees with {acs3.check(VECTORS)} captured requests", flush=True)
    # Beside the binary, not in a memory file system: commits must reach a disk.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=options.atelier.parent))
    os.chmod(folder, 0o700)
    try:
        measure(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
