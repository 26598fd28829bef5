"""What went through the gateway to a service over time: GetServiceTraffic, on the emulator's clock."""

import datetime
import urllib.error
import urllib.request

from clients import advance, code_of, create_user, eas_client, rest, rpc
from services import REGION, create, instances, wait_for

CONFIG = {"name": "iris", "metadata": {"instance": 2, "rpc": {"rate_limit": 3}}, "containers": [{"script": "serve"}]}


def traffic(server, name="iris", key=None, **query):
    return rest(server, "GET", f"/atelier/v1/services/{name}/traffic", "GetServiceTraffic", version="",
                query={parameter: str(value) for parameter, value in query.items()}, key=key)


def ask(client, times, name="iris"):
    """The statuses of so many requests."""
    service = client.describe_service(REGION, name).body
    statuses = []
    for _ in range(times):
        request = urllib.request.Request(service.internet_endpoint, headers={"Authorization": service.access_token})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                statuses.append(answer.status)
        except urllib.error.HTTPError as refused:
            statuses.append(refused.code)
    return statuses


def sums(points, *names):
    return {name: sum(point[name] for point in points) for name in names}


def start(server):
    server.start()
    client = eas_client(server)
    create(client, CONFIG)
    wait_for(client, "iris")
    advance(server, seconds=20)
    return client


def test_promise_1_requests_are_counted_by_class_and_add_up_over_the_instances(fresh_server):
    client = start(fresh_server)
    statuses = ask(client, 5)
    assert set(statuses) <= {200, 429} and 429 in statuses, statuses
    advance(fresh_server, seconds=10)

    answer = traffic(fresh_server)
    assert (answer["ServiceName"], answer["InstanceName"], answer["Period"]) == ("iris", "", 10)
    assert answer["LatencyBounds"][:3] == [5, 10, 25] and answer["LatencyBounds"][-1] == 300_000
    points = answer["Points"]
    assert sums(points, "Status2xx", "Status429", "Status4xx", "Status5xx") == {
        "Status2xx": statuses.count(200), "Status429": statuses.count(429), "Status4xx": 0, "Status5xx": 0}
    assert [b["Time"] - a["Time"] for a, b in zip(points, points[1:])] == [10] * (len(points) - 1)
    for point in points:
        assert point["Seconds"] == 10 and len(point["Latency"]) == len(answer["LatencyBounds"]) + 1
        assert sum(point["Latency"]) == point["Status2xx"]
        assert ("P50" in point) == (point["Status2xx"] > 0)
        if point["Status2xx"]:
            assert 0 < point["P50"] <= point["P95"] <= point["P99"]

    names = [replica.instance_name for replica in instances(client, "iris").instances]
    of_each = [sums(traffic(fresh_server, InstanceName=name)["Points"], "Status2xx", "Status429") for name in names]
    assert sum(one["Status2xx"] for one in of_each) == statuses.count(200) and len(of_each) == 2
    assert all(one["Status429"] == 0 for one in of_each)  # no instance said it

    merged = traffic(fresh_server, Period=60)["Points"]
    assert sums(merged, "Status2xx", "Seconds") == {"Status2xx": statuses.count(200), "Seconds": 10 * len(points)}
    assert all(point["Time"] % 60 == 0 for point in merged)


def test_promise_1_what_was_not_measured_is_absent_and_what_was_quiet_is_zero(fresh_server):
    client = start(fresh_server)
    assert ask(client, 1) == [200]
    advance(fresh_server, minutes=5)
    points = traffic(fresh_server)["Points"]
    assert sums(points, "Status2xx") == {"Status2xx": 1} and len(points) >= 30
    made = datetime.datetime.fromisoformat(client.describe_service(REGION, "iris").body.create_time.replace("Z", "+00:00"))
    assert points[0]["Time"] > made.timestamp() - 10  # before it was there it was not measured

    fresh_server.stop()
    fresh_server.start()
    assert traffic(fresh_server, StartTime="2020-01-01T00:00:00Z")["Points"] == []  # nothing is known any more
    advance(fresh_server, seconds=30)
    points = traffic(fresh_server)["Points"]
    assert 2 <= len(points) <= 3 and sums(points, "Status2xx") == {"Status2xx": 0}


def test_bad_questions_are_refused(server):
    client = eas_client(server)
    create(client, CONFIG)
    assert code_of(lambda: traffic(server, Period=15)) == (400, "InvalidParameter")
    assert code_of(lambda: traffic(server, Period=5))[0] == 400
    assert code_of(lambda: traffic(server, StartTime="yesterday"))[0] == 400
    assert code_of(lambda: traffic(server, InstanceName="iris-0"))[0] == 404
    assert code_of(lambda: traffic(server, "rose"))[0] == 404
    assert traffic(server, StartTime="2026-01-02T00:00:00Z", EndTime="2026-01-01T00:00:00Z")["Points"] == []


def test_who_may_describe_one_service_may_see_its_traffic_and_no_others(server):
    client = eas_client(server)
    for name in ("mine", "theirs"):
        create(client, {**CONFIG, "name": name})
    _, key = create_user(server, "ada", [])
    policy = ('{"Version":"1","Statement":[{"Effect":"Allow","Action":"eas:DescribeService",'
              '"Resource":"acs:eas:*:*:service/mine"}]}')
    rpc(server, "CreatePolicy", {"PolicyName": "mine", "PolicyDocument": policy})
    rpc(server, "AttachPolicyToUser", {"UserName": "ada", "PolicyName": "mine", "PolicyType": "Custom"})
    workspace = rest(server, "GET", "/api/v1/workspaces", "ListWorkspaces", version="2021-02-04")["Workspaces"][0]
    user = rpc(server, "GetUser", {"UserName": "ada"})["User"]["UserId"]
    rest(server, "POST", f"/api/v1/workspaces/{workspace['WorkspaceId']}/members", "CreateMember", version="2021-02-04",
         body={"Members": [{"UserId": user, "Roles": ["PAI.AlgoOperator"]}]})
    assert traffic(server, "mine", key=key)["ServiceName"] == "mine"
    assert code_of(lambda: traffic(server, "theirs", key=key))[0] == 403
