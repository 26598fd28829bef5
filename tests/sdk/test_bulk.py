"""Bulk jobs: an operator finds idle instances and stops them, a dry run first (docs/decisions/0054-bulk-jobs.md)."""

from clients import code_of, create_user, rest
from conftest import wait_until

JOBS = "/atelier/v1/bulk-jobs"
EVERY = {"WorkspaceId": "ALL", "ResourceId": "ALL"}
MANY = 200


def post(server, body, key=None):
    return rest(server, "POST", JOBS, "CreateBulkJob", body=body, version="", key=key)


def get(server, job):
    return rest(server, "GET", f"{JOBS}/{job}", "GetBulkJob", version="")


def dry_run(server, action, query):
    return post(server, {"Action": action, "Query": query, "DryRun": True})["DryRun"]


def begin(server, action, query, dry, **more):
    return post(server, {"Action": action, "Query": query, "Revision": dry["Revision"],
                         "TotalCount": dry["TotalCount"], **more})["BulkJobId"]


def ended(server, job):
    return wait_until(lambda: (told := get(server, job))["Status"] in ("Done", "Stopped", "Expired") and told, 120,
                      "the end of the job")


def make(server, count, name):
    for number in range(count):
        rest(server, "POST", "/api/v2/instances", "CreateInstance", body={
            "InstanceName": f"{name}_{number}", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"})
    query = {**EVERY, "InstanceName": name, "Status": "Running"}
    wait_until(lambda: states(server, name).get("Running", 0) == count, 120, "all of them run")
    return query


def states(server, name):
    counts = rest(server, "GET", "/atelier/v1/instances/counts", "CountInstances", version="",
                  query={**EVERY, "InstanceName": name})["Counts"]
    return {state: count for state, count in counts.items() if count}


def audit_of(server, job):
    records, token = [], ""
    while True:
        page = rest(server, "GET", "/atelier/v1/auditrecords", "ListAuditRecords", version="",
                    query={"MaxResults": "1000", **({"NextToken": token} if token else {})})
        records += [r for r in page["AuditRecords"] if r["RequestId"] == job]
        token = page["NextToken"]
        if not token:
            return records


def test_two_hundred_are_stopped_after_a_dry_run_and_new_ones_are_not_touched(fresh_server):
    fresh_server.start()
    query = make(fresh_server, MANY, "idle")
    dry = dry_run(fresh_server, "Stop", query)
    assert (dry["TotalCount"], dry["Counts"]) == (MANY, {"Running": MANY})
    assert [(s["Outcome"], s["Count"], len(s["Instances"])) for s in dry["Shares"]] == [("Act", MANY, 10)]
    make(fresh_server, 5, "idle_new")
    job = begin(fresh_server, "Stop", query, dry)
    told = ended(fresh_server, job)
    assert (told["Done"], told["Skipped"], told["Failed"], told["Left"]) == (MANY, 0, 0, 0), told
    assert states(fresh_server, "idle") == {"Stopped": MANY, "Running": 5}
    targets = [record["Target"] for record in audit_of(fresh_server, job)]
    assert len(targets) == len(set(targets)) == MANY


def test_killed_in_the_middle_it_goes_on_and_acts_on_each_once(fresh_server):
    fresh_server.start()
    query = make(fresh_server, MANY, "idle")
    job = begin(fresh_server, "Stop", query, dry_run(fresh_server, "Stop", query))
    wait_until(lambda: get(fresh_server, job).get("Done", 0) >= 10, 60, "some are done")
    fresh_server.kill()
    fresh_server.start()
    told = ended(fresh_server, job)
    # The simulated host died with the server: what it ran no longer matches.
    assert (told["Done"] + told["Skipped"], told["Failed"], told["Left"]) == (MANY, 0, 0), told
    targets = [record["Target"] for record in audit_of(fresh_server, job)]
    assert len(targets) == len(set(targets)) == told["Done"] >= 10


def test_a_job_that_is_stopped_leaves_the_rest_alone(fresh_server):
    fresh_server.start()
    query = make(fresh_server, MANY, "idle")
    job = begin(fresh_server, "Stop", query, dry_run(fresh_server, "Stop", query))
    rest(fresh_server, "POST", f"{JOBS}/{job}/stop", "StopBulkJob", version="")
    told = ended(fresh_server, job)
    assert told["Done"] + told["Left"] == MANY
    wait_until(lambda: states(fresh_server, "idle").get("Stopped", 0) == told["Done"], 60, "those told have stopped")
    assert states(fresh_server, "idle").get("Running", 0) == told["Left"]


def test_bad_jobs_get_the_documented_error_and_change_nothing(fresh_server):
    fresh_server.start()
    query = make(fresh_server, 2, "idle")
    dry = dry_run(fresh_server, "Stop", query)
    assert code_of(lambda: dry_run(fresh_server, "Stop", {"Stauts": "Running"})) == (400, "InvalidParameter")
    assert code_of(lambda: begin(fresh_server, "Stop", query, {**dry, "TotalCount": 1})) == (409, "StatusConflict")
    assert code_of(lambda: begin(fresh_server, "Stop", query, {**dry, "Revision": 10**9})) == (400, "InvalidParameter")
    assert code_of(lambda: get(fresh_server, "bulk-none")) == (404, "InvalidBulkJob.NotFound")
    _, nobody = create_user(fresh_server, "nobody", [])
    assert code_of(lambda: post(fresh_server, {"Action": "Stop", "Query": query, "DryRun": True}, key=nobody)) == (
        403, "NoPermission")
    assert states(fresh_server, "idle") == {"Running": 2}
