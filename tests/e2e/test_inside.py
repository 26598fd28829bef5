"""What code in a notebook knows of its server and reaches of it: real sandboxes, from an image that starts in
milliseconds and runs what a test says."""

import json
import os
import pathlib
import socket
import textwrap

import pytest
import requests
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import create, create_user, dsw_client, rpc, status_of, workspace_client
from conftest import Server, catalogue_with, wait_until
from fake_lab import make_image, put_lab
from gateway_session import browser

ROLE = "AliyunPAIDSWDefaultRole"
# ACS3 as the SDKs sign, in what the standard library has: a cell in an image without any SDK.
SIGN = (pathlib.Path(__file__).parents[2] / "bench" / "acs3.py").read_text()
CALL = SIGN + textwrap.dedent('''
    import hashlib, json, os, secrets, time, urllib.error, urllib.request
    def call(method, path, action, key, version="2022-01-01", query=(), endpoint=None):
        endpoint = endpoint or os.environ["ATELIER_ENDPOINT"]
        nothing = hashlib.sha256(b"").hexdigest()
        headers = {"host": endpoint.split("//")[1], "x-acs-action": action, "x-acs-content-sha256": nothing,
                   "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                   "x-acs-signature-nonce": secrets.token_hex(16), "x-acs-version": version}
        if key.get("SecurityToken"):
            headers["x-acs-security-token"] = key["SecurityToken"]
        names, signed = signature(key["AccessKeySecret"], method, path, query, headers, nothing)
        headers["authorization"] = (f"{ALGORITHM} Credential={key['AccessKeyId']},SignedHeaders={names},"
                                    f"Signature={signed}")
        url = endpoint + path + ("?" + canonical_query(query) if query else "")
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers, method=method), timeout=20) as a:
                return a.status, json.load(a)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
    def keys(url=None):
        try:
            with urllib.request.urlopen(url or os.environ["ALIBABA_CLOUD_CREDENTIALS_URI"], timeout=20) as a:
                return json.load(a)
        except urllib.error.HTTPError as error:
            return error.code
    ''')


def run(server, client, instance_id, code, setup=CALL):
    """The output of Python code that runs inside, as JSON."""
    answer = browser(client, instance_id).get(f"{server.endpoint}/{instance_id}/run", params={
        "code": setup + textwrap.dedent(code)}, timeout=120).json()
    assert answer["code"] == 0, answer["err"]
    return json.loads(answer["out"].splitlines()[-1])


def isolated(server):
    if "process.not_isolated control=network" in server.log():
        pytest.skip("without a network of its own an instance has no way of its own (docs/security.md)")


def lends(account):
    role = dsw.CredentialConfigConfigsRoles(role_arn=f"acs:ram::{account}:role/{ROLE}", role_type="service")
    return dsw.CredentialConfig(enable=True, aliyun_env_role_key="0", configs=[
        dsw.CredentialConfigConfigs(key="0", type="Role", roles=[role])])


def running(client, name, **more):
    instance_id = create(client, name, image="image-fake", **more)
    wait_until(lambda: status_of(client, instance_id) in ("Running", "Failed"), 60)
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.status == "Running", body.reason_message
    return instance_id


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    """(server, its main account's client, the account's id), and two notebooks of two users who share a workspace."""
    folder = tmp_path_factory.mktemp("inside")
    server = Server(folder, runtime="process", arguments=["--region", "cn-lab"],
                    catalogue=catalogue_with(make_image(folder))).start()
    account = rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]
    yield server, dsw_client(server), account
    client = dsw_client(server)
    for instance in client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances:
        client.delete_instance(instance.instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()


@pytest.fixture(scope="module")
def lent(inside):
    """Two users, and a notebook with keys of each: {name: (client, instance id)}."""
    server, _, account = inside
    isolated(server)
    workspace = workspace_client(server).get_default_workspace(ws.GetDefaultWorkspaceRequest()).body.workspace_id
    made = {}
    for name in ("ada", "bob"):
        user_id, key = create_user(server, name, ["AliyunPAIFullAccess"])
        add_member(server, workspace, user_id)
        client = dsw_client(server, key)
        made[name] = client, running(client, name, workspace_id=workspace, credential_config=lends(account))
    return made


def add_member(server, workspace, user_id):
    workspace_client(server).create_member(workspace, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user_id, roles=["PAI.AlgoDeveloper"])]))


def test_a_notebook_knows_its_server(inside):
    server, client, _ = inside
    instance_id = running(client, "knows", environment_variables={"PAI_AI_WORKSPACE_ID": "mine"})
    seen = run(server, client, instance_id, "import json, os; print(json.dumps(dict(os.environ)))", setup="")
    workspace = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.workspace_id
    assert seen["DSW_INSTANCE_ID"] == instance_id
    assert (seen["REGION"], seen["dsw_region"]) == ("cn-lab", "cn-lab")
    assert (seen["PAI_WORKSPACE_ID"], seen["PAI_AI_WORKSPACE_ID"]) == (workspace, "mine")
    assert "ALIBABA_CLOUD_CREDENTIALS_URI" not in seen, "no keys unless somebody asks for them"
    assert seen["ATELIER_ENDPOINT"].startswith("http://127.0.0.1:")


def test_promise_8_the_way_to_the_api_asks_for_a_signature_as_every_other(inside):
    server, client, _ = inside
    isolated(server)
    instance_id = running(client, "calls")
    own = server.credentials()
    key = {"AccessKeyId": own["access_key_id"], "AccessKeySecret": own["access_key_secret"]}
    status, answer = run(server, client, instance_id, f"""
        print(json.dumps(call("GET", "/api/v2/instances/{instance_id}", "GetInstance", {key!r})))""")
    assert (status, answer["InstanceName"]) == (200, "calls")
    assert answer["JupyterlabUrl"] == f"http://127.0.0.1:7002/{instance_id}/lab/", "a link that opens where it is read"
    for wrong in ({}, {"AccessKeySecret": "x"}):
        status, answer = run(server, client, instance_id, f"""
            print(json.dumps(call("GET", "/api/v2/instances/{instance_id}", "GetInstance",
                                  {{**{key!r}, **{wrong!r}}} if {bool(wrong)} else {{"AccessKeyId": "", "AccessKeySecret": ""}})))""")
        assert status >= 400 and answer["Code"] in ("SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound",
                                                    "IncompleteSignature"), answer
    strangers = run(server, client, instance_id, f"""
        import urllib.request, urllib.error
        def status(path):
            try: return urllib.request.urlopen(os.environ["ATELIER_ENDPOINT"] + path, timeout=20).status
            except urllib.error.HTTPError as e: return e.code
        print(json.dumps([status("/healthz"), status("/{instance_id}/lab/"), status("/api/v1/credentials/0"),
                          status("/api/v2/instances")]))""")
    assert strangers[:2] == [200, 403] and strangers[2] == 404 and strangers[3] >= 400
    assert f" ip={instance_id}\n" in server.log(), "the log tells which instance called"


def test_no_other_port_of_the_host_is_in_reach(inside):
    server, client, _ = inside
    isolated(server)
    instance_id = running(client, "reaches")
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = [server.port, other.getsockname()[1], 7001, 7003]
        refused = run(server, client, instance_id, f"""
            import json, socket
            def reach(port):
                try: socket.create_connection(("127.0.0.1", port), 5); return True
                except OSError: return False
            print(json.dumps([reach(p) for p in {ports!r} + [7002]]))""", setup="")
    assert refused == [False, False, False, False, True]


ASK = textwrap.dedent('''
    import os, time, urllib.request
    while not os.path.exists("go"):
        time.sleep(0.02)
    open("asked", "w").close()
    with urllib.request.urlopen(os.environ["ATELIER_ENDPOINT"] + "/healthz", timeout=60) as answer:
        open("answer.new", "w").write(str(answer.status))
    os.rename("answer.new", "answer")
    ''')


def test_the_address_stays_and_calls_wait_while_the_server_is_replaced(inside):
    server, client, _ = inside
    isolated(server)
    instance_id = running(client, "waits")
    home = server.data / "instances" / instance_id / "home"
    (home / "ask.py").write_text(ASK)
    run(server, client, instance_id, """
        import subprocess, sys
        subprocess.Popen([sys.executable, "ask.py"], start_new_session=True, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        print(1)""", setup="")
    server.kill()
    (home / "go").write_text("")
    wait_until(lambda: (home / "asked").exists())
    server.start()
    wait_until(lambda: (home / "answer").exists(), 60, "the answer of the next server")
    assert (home / "answer").read_text() == "200"


def test_the_owners_keys_are_served_inside_and_sign(inside, lent):
    server, _, _ = inside
    client, instance_id = lent["ada"]
    key, (status, answer) = run(server, client, instance_id, f"""
        key = keys()
        print(json.dumps([key, call("GET", "/api/v2/instances/{instance_id}", "GetInstance", key)]))""")
    assert key["Code"] == "Success" and key["AccessKeyId"].startswith("STS.")
    assert (status, answer["InstanceId"]) == (200, instance_id)
    shown = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.credential_config
    assert shown.enable and shown.configs[0].key == "0"
    log = "".join(p.read_text(errors="replace") for p in pathlib.Path(server.folder).glob("serve-*.log"))
    assert key["AccessKeySecret"] not in log and key["SecurityToken"] not in log


def test_promise_8_no_instance_gets_the_keys_of_another(inside, lent):
    server, root, _ = inside
    seen = {}
    for name, (client, instance_id) in lent.items():
        seen[name] = run(server, client, instance_id, "print(json.dumps(keys()))")["AccessKeyId"]
    assert len(set(seen.values())) == 2
    (ada, a), (_, b) = lent["ada"], lent["bob"]
    tried = run(server, ada, a, f"""
        base = "http://127.0.0.1:7002/api/v1/credentials/"
        tried = [keys(base + path) for path in ("{b}", "1", "", "0/{b}", "..%2f{b}/0")]
        import urllib.request
        for header, value in (("Host", "{b}"), ("X-Forwarded-For", "{b}"), ("X-Real-Ip", "{b}"),
                              ("X-Acs-Source-Ip", "{b}")):
            request = urllib.request.Request(base + "0", headers={{header: value}})
            tried.append(json.load(urllib.request.urlopen(request, timeout=20))["AccessKeyId"])
        print(json.dumps(tried))""")
    assert tried == [404] * 5 + [seen["ada"]] * 4
    without = running(root, "without_keys")
    assert run(server, root, without, 'print(json.dumps(keys("http://127.0.0.1:7002/api/v1/credentials/0")))') == 404
    # From outside the path is one of the API, which knows no such operation.
    for headers in ({}, {"Host": "127.0.0.1:7002"}, {"X-Forwarded-For": a}):
        answer = requests.get(f"{server.endpoint}/api/v1/credentials/0", headers=headers, timeout=30)
        assert answer.status_code >= 400 and "AccessKeySecret" not in answer.text


def test_promise_8_lent_keys_end_with_the_run_and_may_no_more_than_the_products(inside, lent):
    server, _, _ = inside
    client, instance_id = lent["bob"]
    key = run(server, client, instance_id, "print(json.dumps(keys()))")
    as_pair = (key["AccessKeyId"], key["AccessKeySecret"])
    by_key = dsw_client(server, as_pair, token=key["SecurityToken"])
    assert by_key.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_id == instance_id
    with pytest.raises(ClientException) as raised:
        rpc(server, "ListUsers", key=as_pair, token=key["SecurityToken"])
    assert raised.value.status_code == 403
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    with pytest.raises(ClientException) as raised:
        by_key.get_instance(instance_id, dsw.GetInstanceRequest())
    assert raised.value.code == "InvalidSecurityToken.Expired"


def test_who_asks_for_somebody_elses_keys_is_refused(inside, lent):
    server, root, account = inside
    ada = lent["ada"][0].get_instance(lent["ada"][1], dsw.GetInstanceRequest()).body.user_id
    with pytest.raises(ClientException) as raised:
        create(root, "grabs", image="image-fake", user_id=ada, credential_config=lends(account))
    assert raised.value.status_code == 403


ALIPAI = """
    import json, os, functools
    import pai.api.client_factory as factory
    factory.DEFAULT_SERVICE_ENDPOINT_PATTERN = os.environ["ATELIER_ENDPOINT"].split("//")[1]
    factory.Config = functools.partial(factory.Config, protocol=os.environ["ATELIER_ENDPOINT"].split(":")[0])
    import pai.session
    session = pai.session.get_default_session()
    caller = session.provider
    print(json.dumps({"region": session.region_id, "workspace": session.workspace_id, "name": session.workspace_name,
                      "caller": caller}))
    """


def test_alipais_default_session_works_in_a_cell(tmp_path):
    """The one client that must find everything by itself: who it is, where it is, and what it may."""
    prefix = os.environ.get("ATELIER_CLIENTS")
    if not prefix:
        pytest.skip("the PAI SDK is not installed here (tools/dev sdk)")
    server = Server(tmp_path, runtime="process", arguments=["--region", "cn-lab"],
                    catalogue=catalogue_with(put_lab(prefix))).start()
    isolated(server)
    operations = [o for methods in requests.get(f"{server.endpoint}/openapi.json", timeout=30).json()["paths"].values()
                  for o in methods.values() if o["operationId"] == "ListConfigs" and o["x-atelier-supported"]]
    if not operations:
        pytest.skip("the default session asks for the workspace's ListConfigs, which this server does not have")
    account = rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]
    client = dsw_client(server)
    instance_id = running(client, "sdk", credential_config=lends(account))
    workspace = workspace_client(server).get_default_workspace(ws.GetDefaultWorkspaceRequest()).body
    seen = run(server, client, instance_id, ALIPAI, setup="")
    assert (seen["region"], seen["workspace"]) == ("cn-lab", workspace.workspace_id)
    assert seen["name"] == workspace.workspace_name
    client.delete_instance(instance_id)
    server.stop()
