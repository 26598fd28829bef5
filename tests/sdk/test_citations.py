"""What comments, tests and documents cite is in the repository: the file, and the section, rule or heading of it."""

import functools
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2]
READ = {".cpp", ".h", ".py", ".js", ".java", ".md", ".tsv", ".sh", ".service", ".cmake", ".txt"}
FOLDERS = ("src", "tests", "docs", "bench", "deploy", "cmake", "tools")

# A page, `*-operations.tsv` and the like left out; a path below a folder of the repository.
PAGE = re.compile(r"(?<![\w/.*<-])((?:[\w-]+/)*[\w-]+\.(?:md|tsv))\b(?P<rest>.{0,200})")
PATH = re.compile(r"(?<![\w/.-])((?:docs|tests|bench|deploy|cmake)/[\w/-]+(?:\.\w+)+)(?![\w*<{-])")
LINK = re.compile(r"\]\(([^)#: ]+)(?:#([\w-]+))?\)")
NUMBER = r"\d+(?:\.\d+)*"
SECTIONS = re.compile(rf"^`?,? sections? ({NUMBER}(?:(?:, and |, | and | to ){NUMBER}(?![\w.]*\w*/))*)"
                      rf"(?: (?:note|rule|resolution)s? ({NUMBER}(?:(?:, | and | to ){NUMBER})*))?")
QUOTED = re.compile(r'^`?, "([^"]+)"')


def sources():
    """Every text of the repository that may cite something."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and (path.suffix in READ or folder == "tools") and "__pycache__" not in path.parts:
                yield path
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CMakeLists.txt"))


def flowing(text):
    """As one line: what leads a line of a comment is no part of a citation that goes over its end."""
    return re.sub(r"\s*\n[ \t]*(?:///?|#+|\*)?[ \t]*", " ", text)


def numbers(text):
    """"1 to 3 and 6" is 1, 2, 3, 6."""
    found = []
    for first, last in re.findall(rf"({NUMBER})(?: to ({NUMBER}))?", text):
        found += [str(n) for n in range(int(first), int(last) + 1)] if last else [first]
    return found


@functools.cache
def sections(page):
    """{number: text} of a page's numbered headings; those below a heading are in its text."""
    heads = list(re.finditer(rf"^(#+) ({NUMBER})\.? ", page.read_text(), re.M))
    found = {}
    for i, head in enumerate(heads):
        later = (h.start() for h in heads[i + 1:] if len(h[1]) <= len(head[1]))
        found[head[2]] = page.read_text()[head.start():next(later, None)]
    return found


def headings(page):
    return [re.sub(r"[`*]", "", line).strip() for line in re.findall(r"^#+ (.+)$", page.read_text(), re.M)]


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def page_of(name, source):
    """From the root; in a document also from where it stands."""
    places = [ROOT / name] + ([source.parent / name] if source.suffix in (".md", ".tsv") else [])
    return next((place for place in places if place.is_file()), None)


def faults_of(text, source):
    """What `text`, which stands in `source`, cites and is not there."""
    faults = []
    pages = list(PAGE.finditer(flowing(text)))
    paths = set(PATH.findall(flowing(text))) - {match[1] for match in pages}
    faults += [f"there is no {name}" for name in sorted(paths) if not (ROOT / name).exists()]
    for match in pages:
        name, rest = match[1], match["rest"]
        page = page_of(name, source)
        if page is None:
            faults.append(f"there is no {name}")
            continue
        if cited := SECTIONS.match(rest):
            there = sections(page)
            faults += [f"{name} has no section {n}" for n in numbers(cited[1]) if n not in there]
            if cited[2]:
                rows = re.findall(r"^(?:- )?(\d+)\. ", there.get(numbers(cited[1])[-1], ""), re.M)
                faults += [f"{name} section {cited[1]} has no item {n}" for n in numbers(cited[2]) if n not in rows]
        if (quoted := QUOTED.match(rest)) and quoted[1] not in headings(page):
            faults.append(f"{name} has no heading {quoted[1]}")
    for name, fragment in LINK.findall(text) if source.suffix == ".md" else []:
        target = (source.parent / name).resolve()
        if not target.exists():
            faults.append(f"the link {name} leads nowhere")
        elif fragment and fragment not in map(anchor, headings(target)):
            faults.append(f"the link {name}#{fragment} leads to no heading")
    return faults


def test_every_citation_leads_somewhere():
    faults = {}
    for path in sources():
        if path != pathlib.Path(__file__).resolve() and (found := faults_of(path.read_text(errors="replace"), path)):
            faults[str(path.relative_to(ROOT))] = found
    assert not faults, "\n" + "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


HERE = ROOT / "src/any.h"


@pytest.mark.parametrize("text, faults", [
    ("/// (docs/contract/lifecycle.md section 9, and its roles)", []),
    ("/// (docs/contract/lifecycle.md\n  /// section 9)", []),
    ("# docs/contract/lifecycle.md sections 1 to 3 and 6", []),
    ("/// (docs/contract/requests.md section 3 notes 3 to 5)", []),
    ("docs/security.md, \"The kernel\"", []),
    ("`tests/sdk/test_citations.py`", []),
    ("/// (contract/lifecycle.md section 9)", ["there is no contract/lifecycle.md"]),
    ("/// (style.md section 7 rule 2)", ["there is no style.md"]),
    ("/// (docs/contract/lifecycle.md\n  /// sections 9, 13 and 14)", ["docs/contract/lifecycle.md has no section 14"]),
    ("// docs/contract/lifecycle.md sections 12 to 15", ["docs/contract/lifecycle.md has no section 14",
                                                         "docs/contract/lifecycle.md has no section 15"]),
    ("// docs/contract/requests.md section 3 note 99", ["docs/contract/requests.md section 3 has no item 99"]),
    ("// docs/security.md, \"The colonel\"", ["docs/security.md has no heading The colonel"]),
    ("# tests/sdk/test_nothing.py", ["there is no tests/sdk/test_nothing.py"]),
])
def test_a_citation(text, faults):
    assert faults_of(text, HERE) == faults
