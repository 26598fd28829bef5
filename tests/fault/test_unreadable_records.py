"""Records that the server cannot read, because a newer version wrote them or they are damaged: the rest is served, the
log and the metrics tell, and nobody may more than before (promises 8 and 10)."""

import json
import sqlite3

import pytest
import requests
from alibabacloud_aiworkspace20210204 import models as workspaces
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import code_of, create_user, dsw_client, rpc, workspace_client

USER, ROLE, POLICY, KEY, WORKSPACE, MEMBER, INSTANCE, SERVICE, RECOMMENDER, GROUP = 2, 3, 4, 5, 6, 7, 9, 16, 20, 23
DENIES_DELETES = {"Version": "1", "Statement": [{"Effect": "Deny", "Action": "paidsw:Delete*", "Resource": "*"}]}


def overwrite(server, kind, key, body):
    """What a newer version or a bad disk leaves behind, while the server is down."""
    with sqlite3.connect(server.data / "store/atelier.db") as store:
        if store.execute("UPDATE records SET body = ? WHERE kind = ? AND key = ?", (body, kind, key)).rowcount == 0:
            store.execute("INSERT INTO records (kind, key, revision, body) VALUES (?, ?, 1, ?)", (kind, key, body))
    store.close()


def listed(server, key=None):
    return dsw_client(server, key=key).list_instances(dsw.ListInstancesRequest()).body.total_count


def metric(server, line):
    return f"\n{line}\n" in requests.get(f"{server.endpoint}/metrics", timeout=10).text


def test_promise_10_one_unreadable_record_of_each_kind_takes_nothing_else_down(fresh_server):
    server = fresh_server.start()
    _, carol = create_user(server, "carol", policies=("AdministratorAccess",))
    create_user(server, "dave")
    server.stop()
    newer = {
        (USER, "dave"): {"id": "1", "name": "dave", "policies": [{"name": "AliyunPAIDSWFullAccess"}]},
        (ROLE, "runner"): {"name": "runner", "trust_policy": {"Version": "2"}},
        (POLICY, "reads"): {"name": "reads", "document": {"Version": "2"}},
        (KEY, "LTAInewer"): {"id": "LTAInewer", "state": "Suspended"},
        (WORKSPACE, "team"): {"id": "12345678", "name": "team", "env_types": "prod"},
        (MEMBER, "12345678-1"): {"workspace": "12345678", "user": "1", "roles": ["Auditor"]},
        (INSTANCE, "dsw-newer"): {"id": "dsw-newer", "status": "Hibernated"},
        (SERVICE, "model"): {"name": "model", "id": 7},
        (GROUP, "pair"): {"name": "pair", "labels": "none"},
        (RECOMMENDER, "airec-newer"): {"id": "airec-newer", "created": "today"},
    }
    for (kind, key), body in newer.items():
        overwrite(server, kind, key, json.dumps(body))

    server.start()
    assert f" quarantined={len(newer)} " in next(line for line in server.log().splitlines() if " serve.ready " in line)
    for kind, key in [("User", "dave"), ("Role", "runner"), ("Policy", "reads"), ("AccessKey", "LTAInewer"),
                      ("Workspace", "team"), ("Member", "12345678-1"), ("Instance", "dsw-newer"), ("Service", "model"),
                      ("ServiceGroup", "pair"), ("Recommender", "airec-newer")]:
        assert f" store.quarantined kind={kind} key={key} " in server.log()
    for line in ['atelier_records_quarantined{kind="identity"} 6', 'atelier_records_quarantined{kind="service"} 2',
                 'atelier_records_quarantined{kind="recommender"} 1', "atelier_instances_quarantined 1"]:
        assert metric(server, line), line

    assert requests.get(f"{server.endpoint}/readyz", timeout=10).status_code == 200
    assert listed(server) == listed(server, carol) == 0
    users = rpc(server, "ListUsers")["Users"]["User"]
    assert [user["UserName"] for user in users] == ["carol"]
    create_user(server, "erin")
    assert code_of(lambda: create_user(server, "Dave")) == (409, "EntityAlreadyExists.User")
    server.stop()


@pytest.mark.parametrize("kind", [USER, POLICY, KEY])
def test_promise_8_what_cannot_be_read_gives_no_right(fresh_server, kind):
    server = fresh_server.start()
    rpc(server, "CreatePolicy", {"PolicyName": "no-deletes", "PolicyDocument": json.dumps(DENIES_DELETES)})
    _, alice = create_user(server, "alice", policies=("AdministratorAccess",))
    rpc(server, "AttachPolicyToUser", {"UserName": "alice", "PolicyName": "no-deletes", "PolicyType": "Custom"})
    assert listed(server, alice) == 0
    server.stop()
    overwrite(server, kind, {USER: "alice", POLICY: "no-deletes", KEY: alice[0]}[kind], '{"written":"later"')

    server.start()
    refused = (403, "NoPermission") if kind == POLICY else (404, "InvalidAccessKeyId.NotFound")
    assert code_of(lambda: listed(server, alice)) == refused
    assert code_of(lambda: dsw_client(server, key=alice).delete_instance("dsw-any")) == refused
    assert listed(server) == 0
    if kind == POLICY:
        # Which is how an administrator gives the user back what does not depend on it.
        rpc(server, "DetachPolicyFromUser", {"UserName": "alice", "PolicyName": "no-deletes", "PolicyType": "Custom"})
        assert listed(server, alice) == 0
    server.stop()
