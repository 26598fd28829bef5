"""The bar in JupyterLab that warns before an idle instance is stopped: an extension without a build, which the
server gives every image."""

import json
import shutil
import subprocess
import textwrap

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, catalogue_with, wait_until
from fake_lab import make_image
from gateway_session import browser

# A page as the script finds it, and what a user would see and do.
PAGE = textwrap.dedent('''
    const answers = JSON.parse(process.argv[2]);
    const element = () => ({style: {}, setAttribute() {}, append(...all) { this.children = all; }, textContent: ""});
    const made = [];
    const asked = [];
    globalThis.window = globalThis;
    globalThis.document = {
      hidden: false,
      getElementById: () => ({textContent: JSON.stringify({baseUrl: "/dsw-1/"})}),
      createElement: () => { const e = element(); made.push(e); return e; },
      addEventListener: () => {},
      body: {append: () => {}},
    };
    globalThis.setInterval = () => 0;
    globalThis.fetch = async (url, options = {}) => {
      asked.push(`${options.method ?? "GET"} ${url}`);
      return {ok: true, json: async () => answers.shift()};
    };
    require("vm").runInThisContext(process.argv[1]);
    const settle = () => new Promise((done) => setImmediate(done));
    (async () => {
      const container = globalThis._JUPYTERLAB["atelier-idle"];
      await container.init({});
      const plugin = (await container.get("./extension"))().default;
      plugin.activate();
      await settle();
      const [bar, text, button] = made;
      const first = [bar.style.display, text.textContent];
      if (first[0] === "block") { await button.onclick(); await settle(); }
      console.log(JSON.stringify({id: plugin.id, auto: plugin.autoStart, first,
                                  then: [bar.style.display, text.textContent], asked}));
    })();
    ''')


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """What the server puts into a sandbox, as it lies on the host."""
    folder = tmp_path_factory.mktemp("banner")
    server = Server(folder, runtime="process", catalogue=catalogue_with(make_image(folder))).start()
    client = dsw_client(server)
    instance_id = create(client, "banner", image="image-fake")
    wait_until(lambda: status_of(client, instance_id) == "Running", 60)
    files = server.data / "instances" / instance_id / "run-1" / "files" / "atelier-idle"
    about = json.loads((files / "package.json").read_text())
    yield about, (files / about["jupyterlab"]["_build"]["load"]).read_text()
    client.delete_instance(instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()


def shown(script, *answers):
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed here")
    done = subprocess.run([node, "-e", PAGE, script, json.dumps(answers)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_warns_and_its_button_extends(script):
    about, code = script
    seen = shown(code, {"Warn": True, "StopsInMinutes": 9}, {})
    assert (seen["id"], seen["auto"]) == (f"{about['name']}:plugin", True)
    assert seen["first"] == ["block", "Idle: this instance will be stopped in 9 minutes."]
    assert seen["then"] == ["none", ""]
    assert seen["asked"] == ["GET /dsw-1/atelier/idle", "POST /dsw-1/atelier/extend"]


@pytest.mark.parametrize("answer", [{}, {"Warn": False, "StopsInMinutes": 11}])
def test_it_is_silent_as_long_as_nothing_is_near(script, answer):
    assert shown(script[1], answer)["first"] == ["none", ""]


@pytest.mark.jupyter
def test_a_real_jupyterlab_loads_it(tmp_path):
    server = Server(tmp_path, runtime="process").start()
    client = dsw_client(server)
    instance_id = create(client, "lab")
    wait_until(lambda: status_of(client, instance_id) in ("Running", "Failed"), 120, "JupyterLab's start")
    session = browser(client, instance_id)
    page = session.get(f"{server.endpoint}/{instance_id}/lab/", timeout=60).text
    config = json.loads(page.split('id="jupyter-config-data"', 1)[1].split(">", 1)[1].split("</script>", 1)[0])
    ours = [e for e in config["federated_extensions"] if e["name"] == "atelier-idle"]
    assert ours, config["federated_extensions"]
    url = f"{server.endpoint}{config['fullLabextensionsUrl']}/atelier-idle/{ours[0]['load']}"
    loaded = session.get(url, timeout=60)
    assert loaded.status_code == 200 and "_JUPYTERLAB" in loaded.text
    assert session.get(f"{server.endpoint}/{instance_id}/atelier/idle", timeout=60).json() == {}
    client.delete_instance(instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()
