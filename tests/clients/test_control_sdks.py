"""The vendor's Java clients of the control plane, unmodified: the newer one (ACS3) and the older one (ROA and RPC with
HMAC-SHA1) create, list, change and delete what each product has. (The packages of the products are the newer one with the
names of the operations.)"""

import os
import pathlib

from programs import run_program

HERE = pathlib.Path(__file__).parent
JARS = pathlib.Path(os.environ.get("ATELIER_CONTROL_JARS", ".deps/control-jars")).resolve()


def test_java_clients_manage_everything_and_say_nothing_on_standard_error(server, tmp_path):
    key = server.credentials()
    # The first option: its logging facade would say that it has nothing to log to.
    told, complaints = run_program(["java", "-Dslf4j.internal.verbosity=ERROR", "-XX:TieredStopAtLevel=1", "-cp", JARS / "*",
                                    HERE / "java" / "control" / "Control.java", server.address, key["access_key_id"],
                                    key["access_key_secret"]], tmp_path)
    assert told.splitlines() == [f"{which} {line}" for which in ("newer", "older") for line in (
        f"notebook 1 java_{which} true",                            # listed, read, deleted
        "service Running 1 0.0 true true InvalidService.NotFound",  # deployed, its instances, scaled, deleted
        "workspace shown InvalidWorkspace.NotFound",                # changed, deleted
        f"recommender java_{which}2 Ready",                         # changed
        "caller Account")]
    assert complaints == "", "for example of a number of another type"
