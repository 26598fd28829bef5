"""AIRec through the SDK's generic door: the package sends no bodies, as its operations have none in its models."""

from clients import rest

VERSION = "2020-11-26"
ROOT = "/v2/openapi/instances"


def send(server, method, path, action, body=None, key=None):
    return rest(server, method, ROOT + path, action, version=VERSION, body=body, key=key)


def operate(server, method, path, body=None):
    """What an operator does to recommenders though the API has no such operations."""
    return rest(server, method, f"/atelier/v1/recommenders/{path}", "Operate", version="", body=body)


def create(server, name="", months=1, renew=False, **more):
    body = {"type": "Standard", "chargeType": "PREPAY",
            "quota": {"userCount": 1_000_000, "itemCount": 1_000_000, "qps": 10},
            "paymentInfo": {"duration": months, "pricingCycle": "Month", "autoRenew": renew}, "name": name, **more}
    return send(server, "POST", "", "CreateInstance", body)["result"]["instanceId"]


def push(server, instance, table, documents, cmd="add", key=None):
    body = [{"cmd": cmd, "fields": fields} for fields in documents]
    return send(server, "POST", f"/{instance}/tables/{table}/actions/bulk", "PushDocument", body, key)["result"]


def item(number, **more):
    return {"item_id": str(number), "item_type": "item", **more}


def behavior(user, number, kind="buy", when=1_700_000_000, **more):
    return {"user_id": user, "item_id": str(number), "item_type": "item", "bhv_type": kind, "bhv_time": str(when), **more}


def states_of(client, instance):
    """{version: state} of its data sets."""
    return {s.version_id: s.state for s in client.list_data_set(instance).body.result}
