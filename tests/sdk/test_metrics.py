"""/metrics: what it tells whom, and that the dashboard and the alert rules in deploy/ ask for what there is."""

import json
import os
import pathlib
import re
import subprocess

import pytest
import requests
from clients import create as create_instance
from clients import dsw_client, eas_client
from conftest import Server, wait_until
from services import REGION, create, wait_for

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
GRAFANA = pathlib.Path(os.environ.get("ATELIER_GRAFANA", ".deps/grafana")).resolve() / "bin" / "python"
DASHBOARD = ROOT / "deploy/grafana/atelier.json"
ALERTS = ROOT / "deploy/prometheus/atelier-alerts.yml"
SERVICE = {"name": "secretname", "metadata": {"instance": 2, "rpc": {"rate_limit": 3}},
           "containers": [{"script": "serve"}]}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """(server, instance id): with a running notebook, and a service of two replicas."""
    server = Server(tmp_path_factory.mktemp("metrics"), arguments=["--sample-every", "1"]).start()
    create(eas_client(server), SERVICE)
    wait_for(eas_client(server), "secretname")
    instance = create_instance(dsw_client(server), "secretbook")
    yield server, instance
    server.stop()


def page(server, token=None):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return requests.get(f"{server.endpoint}/metrics", headers=headers, timeout=10)


def token_of(server):
    return (server.data / "metrics.token").read_text().strip()


def whole(server):
    answer = page(server, token_of(server))
    assert answer.status_code == 200
    return answer.text


SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)')


def families(text):
    """{name: {labels: value}} and the names by type; a family is in one piece, after its head."""
    samples, types, current = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert current not in types, f"{current} is there twice"
            assert len(line.split(" ")) > 4, line
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2] == current
            types[current] = line.split(" ")[3]
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            base = re.sub("_(bucket|sum|count)$", "", name) if types[current] in ("histogram", "summary") else name
            assert base == current, line
            assert labels not in samples.setdefault(name, {}), line
            samples[name][labels] = float(value)
    return samples, types


def test_who_has_no_token_learns_no_names(watched):
    server, instance = watched
    for answer in (page(server), requests.head(f"{server.endpoint}/metrics", timeout=10)):
        assert answer.status_code == 200
        for name in ("secretname", "secretbook", instance, "easr-"):
            assert name not in answer.text
    assert "atelier_instances" in page(server).text and "atelier_gateway_requests_total" in page(server).text
    assert (server.data / "metrics.token").stat().st_mode & 0o777 == 0o600
    for wrong in ("x", token_of(server)[:-1], token_of(server) + "x", token_of(server).upper()):
        assert page(server, wrong).status_code == 401


def test_the_token_outlives_the_server(fresh_server):
    fresh_server.start()
    token = token_of(fresh_server)
    assert re.fullmatch("[0-9a-f]{64}", token)
    fresh_server.stop()
    fresh_server.start()
    assert page(fresh_server, token).status_code == 200
    fresh_server.stop()
    (fresh_server.data / "metrics.token").write_text("chosen-by-the-operator\n")
    fresh_server.start()
    assert page(fresh_server, "chosen-by-the-operator").status_code == 200


def test_what_a_service_did_is_counted(watched):
    server, _ = watched
    service = eas_client(server).describe_service(REGION, "secretname").body
    url, token = service.internet_endpoint, service.access_token
    statuses = [requests.get(url, headers={"Authorization": token}, timeout=10).status_code for _ in range(5)]
    requests.get(url, headers={"Authorization": "wrong"}, timeout=10)
    samples, _ = families(whole(server))
    of_service = {k: v for k, v in samples["atelier_service_requests_total"].items()}
    good, late = statuses.count(200), statuses.count(429)
    assert good + late == 5 and late > 0
    assert of_service == {'service="secretname",class="2xx"': good, 'service="secretname",class="4xx"': late}
    assert samples["atelier_service_refusals_total"] == {'service="secretname",reason="Throttling"': late}
    assert samples["atelier_service_request_seconds_count"]['service="secretname"'] == good
    assert samples["atelier_service_request_seconds_bucket"]['service="secretname",le="+Inf"'] == good
    assert samples["atelier_service_queue_length"] == {'service="secretname"': 0}
    assert samples["atelier_service_requests_in_flight"] == {'service="secretname"': 0}
    assert samples["atelier_service_replicas_ready"] == {'service="secretname"': 2}
    assert samples["atelier_service_replicas_wanted"] == {'service="secretname"': 2}
    assert samples["atelier_service_replicas"]['service="secretname",status="Running"'] == 2
    assert samples["atelier_gateway_refusals_total"]['target="service",reason="Unauthorized"'] == 1
    assert samples["atelier_gateway_bytes_total"]['target="service",direction="to_client"'] > 100 * good


def test_what_a_notebook_uses_is_shown_while_it_runs(watched):
    server, instance = watched
    label = f'instance_id="{instance}"'
    usage = wait_until(lambda: families(whole(server))[0].get("atelier_instance_memory_bytes"), 30, "a sample")
    assert usage.keys() == {label} and usage[label] > 0
    assert families(whole(server))[0]["atelier_instance_cpu_cores"].keys() == {label}


def test_the_process_is_shown_in_the_standard_names(watched):
    server, _ = watched
    samples, types = families(whole(server))
    value = {name: samples[name][None] for name in types if name.startswith("process_")}
    status = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines())
    resident = int(status["VmRSS"].split()[0]) * 1024
    assert 0.5 * resident < value["process_resident_memory_bytes"] < 2 * resident
    assert value["process_virtual_memory_bytes"] > value["process_resident_memory_bytes"]
    descriptors = len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))
    assert abs(value["process_open_fds"] - descriptors) <= 3
    assert value["process_open_fds"] < value["process_max_fds"]
    assert value["process_cpu_seconds_total"] > 0
    started = pathlib.Path(f"/proc/{server.process.pid}").stat().st_mtime
    assert abs(value["process_start_time_seconds"] - started) < 60


def test_what_is_deleted_has_no_series(fresh_server):
    fresh_server.start()
    client = eas_client(fresh_server)
    create(client, SERVICE)
    wait_for(client, "secretname")
    service = client.describe_service(REGION, "secretname").body
    requests.get(service.internet_endpoint, headers={"Authorization": service.access_token}, timeout=10)
    assert 'service="secretname",class="2xx"} 1\n' in whole(fresh_server)
    client.delete_service(REGION, "secretname")
    wait_until(lambda: "secretname" not in whole(fresh_server), 30, "the end of its series")
    create(client, SERVICE)
    wait_for(client, "secretname")
    assert 'service="secretname",class="2xx"' not in whole(fresh_server), "it is another one"


# What Prometheus itself adds to each scrape.
OF_PROMETHEUS = {"up"}
# Words of PromQL in our expressions.
PROMQL = {"by", "changes", "histogram_quantile", "max", "min", "rate", "sum", "topk", "label_values"}


def metrics_in(expression):
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]", "", bare)
    bare = re.sub(r"\bby \([^)]*\)", "", bare)
    return set(re.findall(r"[a-z_][a-z_0-9]*", re.sub(r"label_values\(([^,]*),[^)]*\)", r"\1", bare))) - PROMQL


def exposed(server):
    samples, types = families(whole(server))
    names = set(samples)
    for name, kind in types.items():
        names |= {name} if kind != "histogram" else {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return names | OF_PROMETHEUS


def expressions_of_alerts():
    rules = re.split(r"\n      - alert: ", ALERTS.read_text())[1:]
    assert len(rules) >= 15
    for rule in rules:
        assert re.search(r"\n        labels: \{severity: (critical|warning)\}\n", rule), rule
        assert re.search(r'\n          summary: ".+"\n', rule), rule
        yield re.search(r"\n        expr: (?:>-\n)?((?:.|\n)+?)\n        [a-z]", rule)[1]


def expressions_of_dashboard():
    board = json.loads(DASHBOARD.read_text())
    panels = [p for p in board["panels"] if p["type"] != "row"]
    assert len({p["id"] for p in board["panels"]}) == len(board["panels"])
    for panel in panels:
        assert panel["targets"] and panel["title"] and panel["gridPos"]["w"] <= 24
        for target in panel["targets"]:
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]


@pytest.mark.parametrize("expressions", [expressions_of_alerts, expressions_of_dashboard])
def test_alerts_and_dashboard_ask_for_what_there_is(watched, expressions):
    there = exposed(watched[0])
    for expression in expressions():
        asked = metrics_in(expression)
        assert asked, expression
        assert asked <= there, (expression, asked - there)


def promtool(*command, text=None):
    """Prometheus's own checker: (exit code, what it says)."""
    done = subprocess.run(["promtool", "check", *command], input=text, text=True, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def as_rules(expressions):
    """Expressions of the dashboard as Prometheus gets them, as a file of rules; it has no others to check."""
    bare = [re.sub(r"label_values\((.*), \w+\)", r"\1", e).replace("$__rate_interval", "5m")
            for e in expressions]
    return json.dumps({"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{at}", "expr": expression} for at, expression in enumerate(bare)]}]})


def test_prometheus_takes_the_files_and_the_page(watched, tmp_path):
    code, said = promtool("rules", ALERTS)
    assert code == 0, said
    rules = tmp_path / "dashboard.yml"
    rules.write_text(as_rules(expressions_of_dashboard()))
    code, said = promtool("rules", rules)
    assert code == 0, said
    code, said = promtool("metrics", text=whole(watched[0]))
    assert code in (0, 3), said  # 3: matters of taste


@pytest.mark.parametrize("file", ["alerts", "dashboard"])
def test_prometheus_refuses_an_expression_with_a_bracket_too_many(file, tmp_path):
    broken = tmp_path / "broken.yml"
    if file == "alerts":
        broken.write_text(ALERTS.read_text().replace("== 0", "== 0)", 1))
    else:
        broken.write_text(as_rules([e + ")" for e in expressions_of_dashboard()]))
    code, said = promtool("rules", broken)
    assert code == 1 and "unexpected right parenthesis" in said


def grafana(board):
    done = subprocess.run([GRAFANA, HERE / "grafana" / "check.py", board], text=True, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def test_grafana_knows_every_member_of_the_dashboard_and_its_type():
    assert grafana(DASHBOARD) == (0, "")


@pytest.mark.parametrize("change, said", [
    (lambda panel: panel.update(type="timeserie"), "there is no type 'timeserie'"),
    (lambda panel: panel.update(titel="x"), "titel: there is no such member"),
    (lambda panel: panel["gridPos"].update(w="12"), "w: '12' is no"),
    (lambda panel: panel["fieldConfig"]["defaults"].update(unit=1), "unit: 1 is no"),
    (lambda panel: panel["fieldConfig"]["defaults"]["custom"].update(drawStyle="dots"), "draw_style: 'dots' is no"),
    (lambda panel: panel["targets"][0].update(query="up"), "query: there is no such member"),
    (lambda panel: panel["options"]["legend"].update(showLegend="yes"), "show_legend: 'yes' is no"),
])
def test_grafana_does_not_know_others(change, said, tmp_path):
    board = json.loads(DASHBOARD.read_text())
    change(next(panel for panel in board["panels"] if panel["type"] == "timeseries"))
    file = tmp_path / "board.json"
    file.write_text(json.dumps(board))
    code, told = grafana(file)
    assert code == 1 and said in told
