"""Reads a dashboard with the types of Grafana's own SDK, which is generated from its schema: every member must be one
that Grafana knows there, and its value of the member's type. Prints what is wrong, a line each; nothing: all is well.

    python check.py DASHBOARD.json"""

import enum
import json
import sys
import types
import typing

from grafana_foundation_sdk.cog import encoder, plugins, runtime
from grafana_foundation_sdk.models import dashboard


def lost(given, known, place):
    """What the SDK has not taken: members that Grafana does not know."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name in known:
                yield from lost(value, known[name], f"{place}.{name}")
            else:
                yield f"{place}.{name}: there is no such member"
    elif isinstance(given, list) and isinstance(known, list) and len(given) == len(known):
        for at, (one, other) in enumerate(zip(given, known)):
            yield from lost(one, other, f"{place}[{at}]")
    elif given != known:
        yield f"{place}: {given!r} is taken for {known!r}"


def fits(value, hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any or hint is object:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, one) for one in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(fits(one, arguments[0]) for one in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(one, arguments[1]) for one in value.values())
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return value in [one.value for one in hint]
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def misfits(value, place):
    """Members of another type than the SDK's class says."""
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from misfits(one, f"{place}[{at}]")
    if not type(value).__module__.startswith("grafana_foundation_sdk"):
        return
    for name, hint in typing.get_type_hints(type(value)).items():
        member = getattr(value, name)
        if not fits(member, hint):
            yield f"{place}.{name}: {member!r} is no {hint}"
        yield from misfits(member, f"{place}.{name}")


def main(file):
    plugins.register_default_plugins()
    given = json.load(open(file))
    for panel in given["panels"]:
        if panel["type"] != "row" and runtime.panelcfg_config(panel["type"]) is None:
            yield f"panel {panel['title']!r}: there is no type {panel['type']!r}"
    read = dashboard.Dashboard.from_json(given)
    known = json.loads(json.dumps(read, cls=encoder.JSONEncoder))
    yield from lost(given, known, "dashboard")
    yield from misfits(read, "dashboard")


if __name__ == "__main__":
    wrong = list(main(sys.argv[1]))
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)
