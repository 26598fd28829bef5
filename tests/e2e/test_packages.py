"""Python packages of one's own in a notebook: wherever pip is typed it works, what it installed is there for kernels,
terminals and the start script, and lasts; what does not fit breaks no start (docs/notebooks.md)."""

import os

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, wait_until
from gateway_session import browser
from kernel import execute, start_kernel
from lab_files import in_terminal, upload
from wheels import wheel

pytestmark = pytest.mark.jupyter

PIP = "install --quiet --no-index --find-links wheels"
# Where pip is typed, and what: PROBE stands for the package.
PLACES = {"percent": ("cell", f"%pip {PIP} PROBE"), "bang": ("cell", f"!pip {PIP} PROBE"),
          "user_cell": ("cell", f"%pip {PIP} --user PROBE"), "terminal": ("terminal", f"pip {PIP} PROBE"),
          "user_terminal": ("terminal", f"pip3 {PIP} --user PROBE"),
          "module": ("terminal", f"python -m pip {PIP} PROBE")}
# The first start has no wheels yet.
ON_START = f"[ ! -e wheels/on_start-1.0-py3-none-any.whl ] || pip {PIP} on_start\n"


class Lab:
    def __init__(self, folder):
        self.server = Server(folder, runtime="process").start()
        self.client = dsw_client(self.server)
        self.id = create(self.client, "lab", user_command=dsw.CreateInstanceRequestUserCommand(
            on_start=dsw.CreateInstanceRequestUserCommandOnStart(content=ON_START)))
        self.await_running()

    def await_running(self):
        wait_until(lambda: status_of(self.client, self.id) in ("Running", "Failed"), 120, "JupyterLab's start")
        body = self.client.get_instance(self.id, dsw.GetInstanceRequest()).body
        assert body.status == "Running", body.reason_message
        self.session = browser(self.client, self.id)

    def stop(self):
        self.client.stop_instance(self.id, dsw.StopInstanceRequest())
        wait_until(lambda: status_of(self.client, self.id) == "Stopped", 60, "the stop")

    def start(self):
        self.client.start_instance(self.id)
        self.await_running()

    def kernel(self):
        return start_kernel(self.session, self.server, self.id)

    def cell(self, kernel, code):
        return execute(self.session, self.server, self.id, kernel, code)

    def terminal(self, command):
        return in_terminal(self.session, self.server, self.id, command)

    def put_wheel(self, *args, **more):
        name, data = wheel(*args, **more)
        upload(self.session, self.server, self.id, f"wheels/{name}", data)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("packages"))
    for name in ("on_start", *(f"probe_{place}" for place in PLACES)):
        lab.put_wheel(name, code=f"def main(): print('I am {name}')\n", script=name.replace("_", "-"))
    yield lab
    lab.client.delete_instance(lab.id)
    wait_until(lambda: lab.client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    lab.server.stop()


def test_the_programs_on_a_terminals_path_are_the_images(lab):
    code, shown = lab.terminal("command -v python python3 pip jupyter ipython; python -c 'import jupyterlab as j; print(j.__file__)'")
    assert code == 0, shown
    *programs, module = shown.split()
    assert len(programs) == 5 and not any(program.startswith("/usr") for program in programs)
    assert module.startswith(os.environ["ATELIER_IMAGE"])
    assert lab.terminal("jupyter --version | grep -q 'jupyterlab  *: 4'") == (0, "")
    # Login shells, others, and what programs start see the same.
    kernel = lab.kernel()
    for shell in ("bash -lc", "bash -c", "sh -lc", "sh -c"):
        assert lab.cell(kernel, f"!{shell} 'command -v python'").split() == programs[:1], shell


def test_pip_works_wherever_it_is_typed_and_lasts_over_a_stop(lab):
    kernel = lab.kernel()
    for place, (where, line) in PLACES.items():
        line = line.replace("PROBE", f"probe_{place}")
        if where == "cell":
            lab.cell(kernel, line)
        else:
            code, shown = lab.terminal(line)
            assert code == 0, shown
    everywhere = "; ".join(f"import probe_{place} as p; p.main()" for place in PLACES)
    expected = "".join(f"I am probe_{place}\n" for place in PLACES)
    scripts = " && ".join(f"probe-{place.replace('_', '-')}" for place in PLACES)

    def is_there():
        assert lab.cell(kernel, everywhere) == expected
        assert lab.terminal(f'python -c "{everywhere}"') == (0, expected)
        assert lab.terminal(scripts) == (0, expected)
        code, listed = lab.terminal("pip list --local --format=freeze | sort")
        assert code == 0 and {f"probe_{place}==1.0" for place in PLACES} <= set(listed.split())

    is_there()
    lab.stop()
    lab.start()
    kernel = lab.kernel()
    is_there()
    assert lab.cell(kernel, "import on_start; on_start.main()") == "I am on_start\n", "the start script's pip works too"
    # The image's own programs see them: ipython, and jupyter's kernels.
    assert lab.terminal("ipython -c 'import probe_bang; probe_bang.main()' | cat") == (0, "I am probe_bang\n")
    assert "/run/atelier/share/jupyter/kernels/python3" in lab.terminal("jupyter kernelspec list")[1]


def test_a_package_of_the_image_is_upgraded_and_given_back(lab):
    before = lab.terminal("python -c 'import idna; print(idna.__version__)'")[1]
    for option in ("", "--user"):
        lab.put_wheel("idna", "3.999", code="__version__ = '3.999'\n")
        assert lab.terminal(f"pip {PIP} {option} -U idna && python -c 'import idna; print(idna.__version__)'") == (0, "3.999\n")
        assert lab.cell(lab.kernel(), "import idna; print(idna.__version__)") == "3.999\n"
        assert lab.terminal("pip uninstall -q -y idna")[0] == 0
        assert lab.terminal("python -c 'import idna; print(idna.__version__)'") == (0, before)
    code, shown = lab.terminal("pip uninstall -y tornado")
    assert "Not uninstalling" in shown, "the image stays as it is"
    assert lab.terminal("python -c 'import tornado'")[0] == 0


def test_a_virtual_environment_of_ones_own_is_not_polluted(lab):
    code, shown = lab.terminal("python -m venv project && project/bin/python -c 'import sys; print(*sys.path, sep=\"\\n\")'")
    assert code == 0, shown
    assert "/home/atelier/project/lib" in shown and ".packages" not in shown
    assert lab.terminal(f"project/bin/pip {PIP} probe_bang && project/bin/python -c 'import probe_bang; print(probe_bang.__file__)'"
                        )[1].startswith("/home/atelier/project/lib/")
    assert lab.terminal("project/bin/pip list --format=freeze | cut -d= -f1 | sort | tr '\\n' ' '")[1] == "pip probe_bang setuptools "


def test_a_package_that_breaks_jupyter_does_not_stop_it_and_there_is_a_way_back(lab):
    lab.put_wheel("tornado", "99.0", code="raise ImportError('not the tornado you know')\n")
    assert lab.terminal(f"pip {PIP} -U tornado")[0] == 0
    # As an image with another Python, or a cleaning up, would leave it.
    assert lab.terminal("cd .packages && echo home = /gone >pyvenv.cfg && ln -sfn /gone bin/python3 && rm bin/python")[0] == 0
    try:
        lab.stop()
        lab.start()  # JupyterLab is built on tornado
        assert lab.terminal("python -c 'import tornado'")[0] == 1
    finally:
        assert lab.terminal("pip uninstall -q -y tornado; rm wheels/tornado*")[0] == 0
    assert lab.cell(lab.kernel(), "import tornado; print('whole')") == "whole\n"
