"""The `atelier` commands against a real server: what a person and a script see."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import BINARY, make_tls_server


@pytest.fixture(scope="module")
def atelier(server):
    def run(*arguments, code=0, key=None):
        environment = {**os.environ, "ATELIER_ENDPOINT": server.endpoint,
                       "ATELIER_CREDENTIALS": str(server.data / "credentials.json")}
        if key:
            environment["ALIBABA_CLOUD_ACCESS_KEY_ID"], environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = key
        done = subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done
    return run


def instances(atelier):
    return {i["InstanceName"]: i for i in json.loads(atelier("instance", "list", "--all", "--output", "json").stdout)["Instances"]}


def test_the_life_of_an_instance(atelier):
    made = atelier("instance", "create", "--name", "by_cli", "--spec", "ecs.c6.large", "--image", "image-lab", "--wait")
    assert "Running" in made.stdout + made.stderr
    instance_id = instances(atelier)["by_cli"]["InstanceId"]
    assert instance_id in atelier("instance", "list").stdout
    got = json.loads(atelier("instance", "get", instance_id, "--output", "json").stdout)
    assert got["Status"] == "Running"
    assert f"InstanceId: {instance_id}" in atelier("instance", "get", instance_id, "--output", "yaml").stdout
    link = atelier("instance", "open", instance_id).stdout.strip()
    assert f"/{instance_id}/lab/?Token=" in link
    assert "Running" in atelier("instance", "events", instance_id).stdout
    atelier("instance", "stop", instance_id, "--wait")
    assert instances(atelier)["by_cli"]["Status"] == "Stopped"
    atelier("instance", "start", instance_id, "--wait")
    atelier("instance", "delete", instance_id, "--wait")
    assert "by_cli" not in instances(atelier)


def test_the_life_of_a_recommender(atelier, tmp_path):
    items, behaviors = tmp_path / "items.jsonl", tmp_path / "behaviors.json"
    items.write_text("".join(f'{{"item_id": "{n}", "item_type": "item"}}\n' for n in range(5)))
    behaviors.write_text(json.dumps([{"user_id": f"u{n}", "item_id": str(n % 2), "item_type": "item", "bhv_type": "buy",
                                      "bhv_time": 1_700_000_000} for n in range(6)]))
    made = atelier("recommender", "create", "--industry", "item", "--name", "shop").stdout.strip()
    assert made in atelier("recommender", "list", "--status", "Ready").stdout
    assert "5 documents" in atelier("recommender", "push", made, "item", "-f", str(items)).stdout
    assert "6 documents" in atelier("recommender", "push", made, "behavior", "-f", str(behaviors)).stdout
    atelier("recommender", "import", made, "--wait")
    shown = json.loads(atelier("recommender", "recommend", made, "u0", "-o", "json").stdout)["result"]
    assert shown and "0" not in [i["itemId"] for i in shown]
    told = atelier("recommender", "get", made).stdout
    assert "Running" in told and f"Ready, {len(shown)} recommended, 0 came back" in told
    atelier("recommender", "extend", made, "--months", "2")
    atelier("recommender", "delete", made)
    assert made not in atelier("recommender", "list").stdout


def test_the_life_of_a_service(atelier, tmp_path):
    file = tmp_path / "service.json"
    file.write_text(json.dumps({"name": "by_cli", "metadata": {"instance": 2}, "containers": [{"script": "serve"}]}))
    made = atelier("service", "create", "-f", str(file), "--wait")
    assert made.stdout == "by_cli\n" and "Running" in made.stderr
    assert "2/2" in atelier("service", "list").stdout
    assert json.loads(atelier("service", "get", "by_cli", "-o", "json").stdout)["Status"] == "Running"
    atelier("service", "scale", "by_cli", "3", "--wait")
    listed = json.loads(atelier("service", "instances", "by_cli", "-o", "json").stdout)["Instances"]
    assert len(listed) == 3 and all(i["Status"] == "Running" for i in listed)
    assert "Scaling" in atelier("service", "events", "by_cli").stdout
    assert "ready" in atelier("service", "logs", "by_cli", "--instance", listed[0]["InstanceName"]).stdout
    assert "simulated" in atelier("service", "call", "by_cli").stdout
    atelier("service", "delete", "by_cli", "--wait")
    assert "by_cli" not in atelier("service", "list").stdout


def test_keys_without_an_effect_are_told_of_by_whatever_sends_them(atelier, tmp_path):
    file = tmp_path / "service.json"
    file.write_text(json.dumps({"name": "warned", "metadata": {"instance": 1, "cpuu": 2}, "containers": [{"script": "one"}]}))
    told = "Unknown keys have no effect: metadata.cpuu"
    assert told in atelier("service", "create", "-f", str(file), "--wait").stderr
    file.write_text(file.read_text().replace("one", "two"))
    assert told in atelier("service", "apply", "-f", str(file), "--wait").stderr
    assert told in atelier("service", "update", "warned", "--set", "metadata.cpuu=3", "--wait").stderr
    assert "Unknown" not in atelier("service", "update", "warned", "--set", "metadata.cpu=1", "--wait").stderr
    file.write_text('{"metadata": {"cpuu": 4}}')
    cloned = atelier("service", "clone", "warned", "warned_too", "-f", str(file))
    assert told in cloned.stderr and cloned.stdout == "warned_too\n"
    assert "containers[0]" in atelier("service", "update", "warned", "--set", "containers[0].image=x", code=2).stderr
    atelier("service", "delete", "warned", "warned_too", "--wait")


def test_refusals_have_their_exit_codes_and_say_what_to_do(atelier):
    refused = atelier("instance", "get", "dsw-none", code=5)
    assert "dsw-none does not exist" in refused.stderr and "RequestId" in refused.stderr
    assert "no instance named nobody" in atelier("instance", "get", "nobody", code=5).stderr
    assert atelier("instance", "explode", code=2).stderr
    nobody = subprocess.run([BINARY, "instance", "list", "--endpoint", "http://127.0.0.1:1"],
                            env={**os.environ, "ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b"},
                            capture_output=True, text=True, timeout=60)
    assert nobody.returncode == 3 and "127.0.0.1:1" in nobody.stderr


def test_names_stand_for_ids(atelier):
    """Wherever a command takes an id, the name will do."""
    workspace = json.loads(atelier("workspace", "list", "-o", "json").stdout)["Workspaces"][0]
    instance_id = atelier("instance", "create", "named", "--spec", "ecs.c6.large", "--image", "image-lab",
                          "--workspace", workspace["WorkspaceName"]).stdout.strip()
    atelier("user", "create", "eve")
    got = json.loads(atelier("instance", "get", "named", "-o", "json").stdout)
    assert (got["InstanceId"], got["WorkspaceId"]) == (instance_id, workspace["WorkspaceId"])
    atelier("instance", "label", "set", "named", "team=vision")
    assert atelier("instance", "list", "-q", "--query", "label:team=vision").stdout == f"{instance_id}\n"
    assert atelier("instance", "list", "--query", "owner:eve", "-q").stdout == ""
    atelier("workspace", "add-member", workspace["WorkspaceName"], "eve")
    assert "eve" in atelier("workspace", "members", workspace["WorkspaceName"]).stdout
    atelier("workspace", "remove-member", workspace["WorkspaceName"], "eve")
    atelier("user", "delete", "eve")
    atelier("instance", "delete", "named", "--wait")


def test_names_stand_for_what_is_not_an_instance(atelier):
    assert "gw-default" in atelier("gateway", "get", "default").stdout
    for verb in ("get", "services", "instances"):
        assert atelier("resource", verb, "host").stdout
    assert "no gateway named other" in atelier("gateway", "get", "other", code=5).stderr
    instance_id = atelier("instance", "create", "watched", "--spec", "ecs.c6.large", "--image", "image-lab").stdout.strip()
    targets = lambda *more: {line.split(",")[3] for line in atelier("audit", "-o", "csv", *more).stdout.splitlines()[1:]}  # noqa: E731
    assert targets("--target", "watched") == {instance_id}
    atelier("user", "create", "audited")
    made = json.loads(atelier("key", "create", "--user", "audited", "-o", "json").stdout)["AccessKey"]
    atelier("policy", "attach", "AdministratorAccess", "--user", "audited")
    atelier("user", "create", "by_audited", key=(made["AccessKeyId"], made["AccessKeySecret"]))
    user_id = json.loads(atelier("user", "get", "audited", "-o", "json").stdout)["User"]["UserId"]
    for who in ("audited", "user/audited", user_id):
        assert targets("--by", who) == {"user/by_audited"}
    atelier("instance", "delete", "watched", "--wait")
    assert "Nothing is named watched now" in atelier("audit", "--target", "watched").stderr


def test_instances_are_changed_by_query(atelier):
    for n in range(3):
        atelier("instance", "create", f"bulk_{n}", "--spec", "ecs.c6.large", "--image", "image-lab", "--label", "bulk=x", "--wait")
    shown = atelier("instance", "stop", "--query", "label:bulk=x", "--dry-run")
    assert "bulk_0" in shown.stdout and "Would stop 3 of 3 instances" in shown.stderr
    assert instances(atelier)["bulk_0"]["Status"] == "Running"
    assert "--yes" in atelier("instance", "stop", "--query", "label:bulk=x", code=2).stderr
    job = atelier("instance", "stop", "--query", "label:bulk=x", "--yes").stdout.strip()
    assert job in atelier("instance", "job", "list").stdout
    assert {i["Status"] for n, i in instances(atelier).items() if n.startswith("bulk_")} == {"Stopped"}
    assert "--yes" in atelier("instance", "delete", "--query", "label:bulk=x", code=2).stderr
    atelier("instance", "delete", "--query", "label:bulk=x", "--yes")
    assert not [n for n in instances(atelier) if n.startswith("bulk_")]


def test_services_and_labels_are_changed_by_query(atelier, tmp_path):
    file = tmp_path / "service.json"
    for name in ("many_a", "many_b"):
        file.write_text(json.dumps({"name": name, "labels": {"bulk": "y"}, "metadata": {"instance": 1},
                                    "containers": [{"script": "serve"}]}))
        atelier("service", "create", "-f", str(file), "--wait")
    states = lambda: json.loads(atelier("service", "list", "--query", "label:bulk=y", "-o", "json").stdout)["Services"]  # noqa: E731
    assert "Would stop 2 services." in atelier("service", "stop", "--query", "label:bulk=y", "--dry-run").stderr
    assert "many_a" in atelier("service", "stop", "many_a", "--dry-run").stdout
    assert {s["Status"] for s in states()} == {"Running"}
    atelier("service", "scale", "--query", "label:bulk=y", "2", "--wait")
    assert {s["TotalInstance"] for s in states()} == {2}
    atelier("service", "update", "--query", "label:bulk=y", "--set", "metadata.cpu=1", "--wait")
    assert {s["CurrentVersion"] for s in states()} == {2}
    assert sorted(atelier("service", "label", "set", "--query", "name~many_", "seen=1").stdout.split()) == ["many_a", "many_b"]
    assert "seen" in atelier("service", "label", "list", "many_a").stdout
    atelier("service", "stop", "--query", "label:seen=1", "--wait")
    assert {s["Status"] for s in states()} == {"Stopped"}
    assert "--yes" in atelier("service", "delete", "--query", "label:bulk=y", code=2).stderr
    atelier("service", "delete", "--query", "label:bulk=y", "--yes", "--wait")
    assert states() == []
    atelier("instance", "create", "marked", "--spec", "ecs.c6.large", "--image", "image-lab", "--wait")
    marked = atelier("instance", "label", "set", "--query", "name~marked", "team=vision", "x=y").stdout
    assert atelier("instance", "list", "-q", "--query", "label:team=vision label:x=y").stdout == marked
    atelier("instance", "idle", "set", "--query", "label:x=y", "--minutes", "30")
    atelier("instance", "extend", "--query", "label:x=y")
    atelier("instance", "delete", "marked", "--wait")


def test_rules_of_an_instance(atelier):
    atelier("instance", "create", "ruled", "--spec", "ecs.c6.large", "--image", "image-lab", "--wait")
    atelier("instance", "timer", "set", "ruled", "--in", "2h")
    assert "DueTime" in atelier("instance", "timer", "show", "ruled").stdout
    atelier("instance", "timer", "delete", "ruled")
    atelier("instance", "idle", "set", "ruled", "--minutes", "30")
    assert json.loads(atelier("instance", "idle", "show", "ruled", "-o", "json").stdout)["MaxIdleTimeInMinutes"] == 30
    assert "CpuUtilization" in atelier("instance", "idle", "list", "ruled").stdout
    atelier("instance", "idle", "delete", "ruled")
    assert "Running" in atelier("instance", "lifecycle", "ruled").stdout
    course = atelier("instance", "metrics", "ruled", "--type", "CpuCoreUsage", "--since", "1h", "--period", "300")
    assert course.stdout.startswith("TIME")
    other = next(s for s in atelier("spec", "list", "-q", "--accelerator", "CPU").stdout.split() if s != "ecs.c6.large")
    atelier("instance", "update", "ruled", "--spec", other, "--wait")
    assert instances(atelier)["ruled"]["EcsSpec"] == other
    atelier("instance", "delete", "ruled", "--wait")


def test_versions_scaling_and_groups_of_services(atelier, tmp_path):
    file = tmp_path / "service.json"
    config = {"name": "verbs", "metadata": {"instance": 1, "group": "duo"}, "containers": [{"script": "one"}]}
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(config, indent=1).replace("\n", "\r\n").encode())
    atelier("service", "apply", "-f", str(file), "--wait")
    config["containers"][0]["script"] = "two"
    file.write_text(json.dumps(config))
    atelier("service", "apply", "-f", str(file), "--wait")
    atelier("service", "update", "verbs", "--set", "metadata.cpu=1", "--wait")
    assert [line.split()[0] for line in atelier("service", "versions", "verbs").stdout.splitlines()] == ["VERSION", "3", "2", "1"]
    version = lambda: json.loads(atelier("service", "get", "verbs", "-o", "json").stdout)["CurrentVersion"]  # noqa: E731
    atelier("service", "rollback", "verbs", "1", "--wait")
    assert version() == 1
    atelier("service", "rollback", "verbs", "2", "--wait")
    assert version() == 2, "and forward"
    atelier("service", "clone", "verbs", "verbs_two")
    assert "verbs_two" in atelier("resource", "services", *atelier("resource", "list", "-q").stdout.split(), "-q").stdout.split()
    atelier("service", "diagnose", "verbs_two")
    atelier("service", "delete", "verbs_two", "--wait")
    assert atelier("gateway", "get", *atelier("gateway", "list", "-q").stdout.split()).stdout
    atelier("service", "autoscale", "set", "verbs", "--min", "1", "--max", "3", "--threshold", "5")
    atelier("service", "autoscale", "set", "verbs", "--min", "1", "--max", "4", "--threshold", "5")
    assert json.loads(atelier("service", "autoscale", "show", "verbs", "-o", "json").stdout)["MaxReplica"] == 4
    atelier("service", "autoscale", "delete", "verbs")
    atelier("service", "cron", "set", "verbs", "--job", "0 0 9 * * *=4")
    assert "0 0 9 * * *" in atelier("service", "cron", "show", "verbs").stdout
    atelier("service", "cron", "delete", "verbs")
    assert atelier("service", "group", "list", "-q").stdout == "duo\n"
    atelier("service", "release", "verbs", "--weight", "90")
    token = atelier("service", "token", "verbs").stdout.strip()
    assert token == json.loads(atelier("service", "get", "verbs", "-o", "json").stdout)["AccessToken"]
    for verb, state in (("stop", "Stopped"), ("start", "Running"), ("restart", "Running")):
        atelier("service", verb, "verbs", "--wait")
        assert json.loads(atelier("service", "get", "verbs", "-o", "json").stdout)["Status"] == state
    assert len(atelier("service", "logs", "verbs", "--tail", "1").stdout.splitlines()) == 1
    atelier("service", "delete", "verbs", "--wait")


def test_a_workspace_from_its_beginning_to_its_end(atelier):
    atelier("workspace", "create", "short_lived")
    atelier("workspace", "update", "short_lived", "--display-name", "Short")
    assert "Short" in atelier("workspace", "get", "short_lived").stdout
    atelier("user", "create", "max")
    atelier("workspace", "add-member", "short_lived", "max")
    atelier("workspace", "add-role", "short_lived", "max", "AlgoOperator")
    assert "PAI.AlgoOperator" in atelier("workspace", "get-member", "short_lived", "max").stdout
    atelier("workspace", "remove-role", "short_lived", "max", "AlgoOperator")
    assert "PAI.AlgoOperator" not in atelier("workspace", "get-member", "short_lived", "max").stdout
    atelier("workspace", "idle", "set", "short_lived", "--minutes", "45")
    assert "45" in atelier("workspace", "idle", "show", "short_lived").stdout
    atelier("workspace", "idle", "delete", "short_lived")
    atelier("workspace", "delete", "short_lived")
    assert atelier("workspace", "get", "short_lived", code=5)
    atelier("user", "delete", "max")


def test_who_where_and_what_there_is(atelier):
    assert "Account" in atelier("whoami").stdout
    assert "image-lab" in atelier("image", "list", "-q").stdout.split()
    assert "ecs.c6.large" in atelier("spec", "list", "-q").stdout.split()
    listed = atelier("spec", "list", "-o", "csv").stdout.splitlines()
    assert listed[0] == "TYPE,CPUS,MEMORY,GPUS,GPU" and len(listed) > 1
    before = atelier("clock", "show").stdout
    assert atelier("clock", "advance", "2h").stdout > before


def test_roles(atelier, tmp_path):
    account = json.loads(atelier("whoami", "-o", "json").stdout)["AccountId"]
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]}}]}))
    atelier("role", "create", "auditor", "--document", str(trust))
    assert "auditor" in atelier("role", "ls", "-q").stdout.split()
    atelier("policy", "attach", "AdministratorAccess", "--role", "auditor")
    assert "AdministratorAccess" in atelier("role", "policies", "auditor").stdout
    arn = json.loads(atelier("role", "get", "auditor", "-o", "json").stdout)["Role"]["Arn"]
    assert arn.endswith("role/auditor")
    atelier("user", "create", "assumer")
    made = json.loads(atelier("key", "create", "--user", "assumer", "-o", "json").stdout)["AccessKey"]
    atelier("policy", "attach", "AdministratorAccess", "--user", "assumer")
    lent = atelier("role", "assume", "auditor", key=(made["AccessKeyId"], made["AccessKeySecret"])).stdout
    assert "SecurityToken" in lent
    atelier("policy", "detach", "AdministratorAccess", "--user", "assumer")
    atelier("key", "delete", made["AccessKeyId"], "--user", "assumer")
    atelier("user", "delete", "assumer")
    atelier("policy", "detach", "AdministratorAccess", "--role", "auditor")
    atelier("role", "rm", "auditor")


def test_a_certificate_that_is_not_trusted_is_named_as_the_reason(server, tmp_path):
    """And what else is wrong with a TLS endpoint, each with what to do."""
    tls = make_tls_server(tmp_path).start()
    try:
        def fails(*arguments):
            done = subprocess.run([BINARY, "instance", "list", "--credentials", str(tls.data / "credentials.json"), *arguments],
                                  capture_output=True, text=True, timeout=60)
            assert done.returncode == 3, done.stdout + done.stderr
            return done.stderr

        untrusted = fails()
        assert "certificate of the server is not trusted" in untrusted and "--ca-file" in untrusted
        other = fails("--endpoint", f"https://localhost:{tls.port}", "--ca-file", str(tls.certificate))
        assert "for other host names" in other
        assert "http:// instead of https://" in fails("--endpoint", server.endpoint.replace("http:", "https:"))
        assert "is http:// or https:// right?" in fails("--endpoint", tls.endpoint.replace("https:", "http:"))
    finally:
        tls.stop()


def test_a_wait_that_ends_in_another_state_says_so(atelier):
    failed = atelier("instance", "create", "--name", "fails", "--spec", "ecs.c6.large", "--image", "image-lab",
                     "--env", 'ATELIER_SIMULATE={"fail_at":"start"}', "--wait", code=4)
    assert "Failed" in failed.stdout + failed.stderr


def test_users_keys_policies_and_workspaces(atelier):
    atelier("user", "create", "ada")
    made = json.loads(atelier("key", "create", "--user", "ada", "--output", "json").stdout)["AccessKey"]
    key = (made["AccessKeyId"], made["AccessKeySecret"])
    refused = atelier("instance", "list", key=key, code=1)
    assert "NoPermission" in refused.stderr
    atelier("policy", "attach", "--user", "ada", "AliyunPAIDSWFullAccess")
    workspaces = json.loads(atelier("workspace", "list", "--output", "json").stdout)["Workspaces"]
    user_id = next(u["UserId"] for u in json.loads(atelier("user", "list", "--output", "json").stdout)["Users"]["User"]
                   if u["UserName"] == "ada")
    atelier("workspace", "add-member", workspaces[0]["WorkspaceId"], user_id, "--role", "AlgoDeveloper")
    assert atelier("instance", "list", key=key)
    atelier("key", "disable", key[0], "--user", "ada")
    assert "Inactive" in atelier("instance", "list", key=key, code=1).stderr
    atelier("key", "delete", key[0], "--user", "ada")


def test_a_credentials_file_that_others_can_read_is_refused(atelier, server, tmp_path):
    exposed = tmp_path / "credentials.json"
    exposed.write_text((server.data / "credentials.json").read_text())
    exposed.chmod(0o644)
    refused = atelier("instance", "list", "--credentials", str(exposed), code=2)
    assert "chmod 600" in refused.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(atelier, shell, tmp_path):
    script = atelier("completion", shell).stdout
    assert "instance" in script
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here: its script was printed, not parsed")
    file = tmp_path / "completion"
    file.write_text(script)
    checked = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, timeout=30)
    assert (checked.returncode, checked.stderr) == (0, ""), "the shell parses what it would source"


def test_bash_completes_commands(atelier, tmp_path):
    """The script at work: what a shell would offer after `atelier inst` and `atelier instance st`."""
    file = tmp_path / "completion"
    file.write_text(atelier("completion", "bash").stdout)

    def offered(*words):
        ask = (f"source {file}; complete -p atelier >/dev/null; f=$(complete -p atelier | sed 's/.*-F \\([^ ]*\\).*/\\1/');"
               f" COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE='{' '.join(words)}';"
               " COMP_POINT=${#COMP_LINE}; $f atelier \"${COMP_WORDS[COMP_CWORD]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return sorted(word.strip() for word in done.stdout.split("\n") if word.strip())

    assert offered("atelier", "inst") == ["instance"]
    assert offered("atelier", "instance", "st") == ["start", "states", "stop"]
