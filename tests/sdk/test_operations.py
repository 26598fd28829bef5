"""The table of docs/operations.md is the server's own, and what it refuses it refuses by name."""

import json
import pathlib
import re
import urllib.request

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import rest

ROOT = pathlib.Path(__file__).parents[2]


def served(server):
    """{(product, name): supported} from /openapi.json. Two products may have an operation of one name."""
    with urllib.request.urlopen(f"{server.endpoint}/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    found = {}
    for path in document["paths"].values():
        for operation in path.values():
            found[operation["tags"][0], operation["operationId"]] = operation["x-atelier-supported"]
    return found


def test_the_page_of_operations_tells_the_truth(server):
    text = (ROOT / "docs/operations.md").read_text().split("<!-- operations:")[1].split("<!-- /operations -->")[0]
    told = {}
    for product, works, refused in re.findall(r"^\| ([A-Z]\w+) \| (.*?) \| (.*?) \|$", text, re.M):
        for name in re.findall(r"\w+", works):
            told[product, name] = True
        for name in re.findall(r"\w+", refused):
            told[product, name] = False
    assert told == served(server)


def test_the_readme_counts_them(server):
    text = (ROOT / "README.md").read_text().replace("\n", " ")
    works, refused, own = map(int, re.search(
        r"vendor's clients (\d+) work and (\d+) are refused with a reason; (\d+) more are its own", text).groups())
    told = served(server)
    vendors = [supported for (product, _), supported in told.items() if product != "Atelier"]
    assert (works, refused, own) == (sum(vendors), len(vendors) - sum(vendors), len(told) - len(vendors))


OF_LATER_VERSIONS = {"EAS": {"TagResources", "UntagResources", "ListTagResources"}}  # of 2021-07-02: Terraform's


@pytest.mark.parametrize("product, count", [("AIWorkSpace", 172), ("PaiStudio", 112)])
def test_every_operation_of_the_official_client_is_there(server, product, count):
    documented = json.loads((ROOT / f"tests/data/contract/{product.lower()}-operations.json").read_text())
    ours = {name for of, name in served(server) if of == product}
    assert ours == {operation["name"] for operation in documented} and len(ours) == count


@pytest.mark.parametrize("product, count", [("DSW", 48), ("EAS", 119), ("AIRec", 146)])
def test_every_documented_operation_is_there(server, product, count):
    documented = json.loads((ROOT / f"tests/data/contract/{product.lower()}-operation-names.json").read_text())
    ours = {name for of, name in served(server) if of == product} - OF_LATER_VERSIONS.get(product, set())
    assert ours == set(documented) and len(ours) == count


def test_what_is_refused_is_refused_by_name(server):
    for method, path, action, feature in (
            ("POST", "/api/v2/instances/dsw-1/snapshots", "CreateInstanceSnapshot", "napshot"),
            ("GET", "/api/v2/tempfiles", "ListTempFiles", "emporary file"),
            ("POST", "/api/v2/diagnoses", "CreateDiagnosis", "iagnos")):
        with pytest.raises(ClientException) as raised:
            rest(server, method, path, action, body={} if method == "POST" else None)
        assert raised.value.status_code == 400
        assert feature in raised.value.message and "not supported" in raised.value.message
