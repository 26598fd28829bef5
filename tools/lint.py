"""Checks of the repository itself that need no build: `tools/dev lint` runs them. Prints what is wrong and ends with 1."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[1]
TITLES_READ = 100  # the last commits: as far back as a push can reach, and every title since the rule was kept


def titles():
    """Commit titles, by the hook that checks them one at a time."""
    log = subprocess.run(["git", "log", "--no-merges", f"--max-count={TITLES_READ}", "--format=%s"],
                         cwd=ROOT, check=True, capture_output=True, text=True).stdout
    hook = ROOT / ".githooks" / "commit-msg"
    for title in log.splitlines():
        checked = subprocess.run([hook, "/dev/stdin"], input=title, capture_output=True, text=True)
        if checked.returncode:
            yield checked.stderr.strip()


def rooms():
    """The table of rooms that people read against the one that the build enforces."""
    built = {name: set(re.sub(r"\b(LIBS|BEAST)\b.*", "", deps).split())
             for name, deps in re.findall(r"^atelier_room\(([\w/]+)\s*(?:DEPS ([^)]*))?\)",
                                          (ROOT / "CMakeLists.txt").read_text(), re.M)}
    table = (ROOT / "docs/decisions/0002-rooms.md").read_text()
    told = {name: set(re.findall(r"[\w/]+", deps)) - {"nothing"}
            for name, deps in re.findall(r"^\| `([\w/]+)` \|[^|]*\| ([^|]*) \|$", table, re.M)}
    for name in sorted(built.keys() | told.keys()):
        if built.get(name) != told.get(name):
            yield (f"docs/decisions/0002-rooms.md says that {name} includes {told.get(name)}; "
                   f"CMakeLists.txt says {built.get(name)}")


def headers(files):
    """Whether each header compiles by itself. The flags are those of a source of its room, from `cmake --preset ci`,
    which has no precompiled header to hide what is missing."""
    of_room = {}
    for entry in json.loads((ROOT / "build/ci/compile_commands.json").read_text()):
        found = re.search(r"/(src/.*)/[^/]+$", entry["file"])
        for folder in (pathlib.PurePath(found[1]), *pathlib.PurePath(found[1]).parents) if found else ():
            of_room.setdefault(str(folder), entry)

    def problem(file):
        entry = next(of_room[str(folder)] for folder in pathlib.PurePath(file).parents if str(folder) in of_room)
        flags = shlex.split(entry["command"].partition(" -o ")[0])
        flags = flags[1:] if flags[0].endswith("ccache") else flags
        compiled = subprocess.run([*flags, "-Wno-pragma-once-outside-header", "-fsyntax-only",
                                   "-x", "c++", str(ROOT / file)], cwd=entry["directory"], capture_output=True, text=True)
        return f"{file} does not compile by itself:\n{compiled.stderr}" if compiled.returncode else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from filter(None, pool.map(problem, files))


def tidy(files):
    """clang-tidy on each file that can be compiled, with the commands of `cmake --preset dev`. One that was clean is
    not looked at again while its own text, that of the tree's headers it includes, its command, the checks and the
    tool are the same: the marks are in the cache folder and go after a month without use."""
    clean = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "atelier-clang-tidy"
    clean.mkdir(parents=True, exist_ok=True)
    for mark in clean.iterdir():
        if mark.stat().st_mtime < time.time() - 30 * 24 * 3600:
            mark.unlink(missing_ok=True)
    commands = {os.path.relpath(entry["file"], ROOT): entry["command"]
                for entry in json.loads((ROOT / "build/dev/compile_commands.json").read_text())}
    tool = subprocess.run(["clang-tidy-19", "--version"], check=True, capture_output=True).stdout
    checks = (ROOT / ".clang-tidy").read_bytes()
    texts = {}

    def text_of(path):
        if path not in texts:
            texts[path] = path.read_bytes() if path.is_file() else None
        return texts[path]

    def closure(path):
        """The file and what it includes of the tree, each once. A name that stands for nothing here is a library's."""
        seen, waiting = set(), [path]
        while waiting:
            path = waiting.pop()
            if path in seen or text_of(path) is None:
                continue
            seen.add(path)
            for name in re.findall(rb'^#include "([^"]+)"', text_of(path), re.M):
                waiting += [path.parent / os.fsdecode(name), ROOT / "src" / os.fsdecode(name),
                            ROOT / "tests" / os.fsdecode(name), ROOT / "bench" / os.fsdecode(name)]
        return sorted(seen)

    def problem(file):
        key = hashlib.sha256(tool + checks + commands[file].encode())
        for path in closure(ROOT / file):
            key.update(str(path.relative_to(ROOT)).encode() + b"\0" + text_of(path) + b"\0")
        mark = clean / key.hexdigest()
        if mark.exists():
            mark.touch()
            return None
        checked = subprocess.run(["clang-tidy-19", "-p", "build/dev", "--quiet", file], cwd=ROOT, capture_output=True,
                                 text=True)
        if checked.returncode:
            return f"{checked.stdout}{checked.stderr}"
        mark.touch()
        return None

    files = [file for file in files if file in commands]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, found in enumerate(pool.map(problem, files), 1):
            if done % 50 == 0:
                print(f"clang-tidy: {done} of {len(files)} files", file=sys.stderr)
            if found:
                yield found


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    wrong = list({"titles": titles, "rooms": rooms, "headers": lambda: headers(arguments),
                  "tidy": lambda: tidy(arguments)}[name]())
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(bool(wrong))
