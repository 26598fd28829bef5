"""tests/README.md lists the tests of each promise: they are there, and say its number."""

import pathlib
import re

import pytest

TESTS = pathlib.Path(__file__).parents[1]


def listed():
    """{number: [(file, name of a test)]}"""
    found = {}
    for number, proofs in re.findall(r"^\| (\d+)\. .*? \| (`.*) \|$", (TESTS / "README.md").read_text(), re.M):
        found[int(number)] = re.findall(r"`([^`]+)` (\w+)", proofs)
    return found


def test_there_are_ten():
    assert sorted(listed()) == list(range(1, 11))


@pytest.mark.parametrize("number", range(1, 11))
def test_its_tests_are_there_and_say_its_number(number):
    proofs = listed()[number]
    assert proofs
    says = re.compile(rf"promises?[ _](\d+, |\d+ and )*(and )?{number}(?!\d)", re.IGNORECASE)
    numbered = 0
    for file, name in proofs:
        text = (TESTS / file).read_text()
        assert re.search(rf"\b{name}\b", text), f"{file} has no {name}"
        numbered += bool(says.search(text))
    assert numbered, f"no test of promise {number} says so"
