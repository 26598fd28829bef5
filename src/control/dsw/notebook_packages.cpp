#include "control/dsw/notebook_packages.h"

#include <string>
#include <string_view>

namespace atelier::control {

namespace {

constexpr std::string_view kPackages = "/home/atelier/.packages";

// Runs in the sandbox before everything of the user's, with the image's jupyter-lab as $1. An image
// without a Python beside it has no packages to add to.
constexpr const char* kSetUp = R"SETUP(
python=${1%/*}/python3
[ -x "$python" ] && [ -z "$PYTHONNOUSERSITE" ] || exit 0
"$python" -I - "$1" <<'END' || echo "atelier: packages of your own are not available in this run; the reason is above."
import json, os, shlex, site, sys

home, layer, run = "/home/atelier", "/home/atelier/.packages", "/run/atelier"
image = os.path.dirname(os.path.dirname(sys.argv[1]))
version = "%d.%d" % sys.version_info[:2]
packages = "lib/python%s/site-packages" % version

RUN = """import os, sys
kind, sys.argv[0] = sys.argv[1:3]
del sys.argv[1:3]
__file__ = %r + "/bin/" + os.path.basename(sys.argv[0])
if not getattr(sys.flags, "safe_path", False):
    sys.path[0] = os.path.dirname(__file__)
if kind == "image":
    import site
    site.ENABLE_USER_SITE = True  # Jupyter then looks for its configuration there too
    sys.path.append(site.getusersitepackages())
    sys.executable = "/home/atelier/.packages/bin/python"  # of kernels that are started with `python`
    try:
        from jupyter_core import paths
        paths.ENV_JUPYTER_PATH.insert(0, "/run/atelier/share/jupyter")
    except ImportError:
        pass
with open(__file__, "rb") as file:
    code = compile(file.read(), __file__, "exec")
exec(code)
""" % image

BASHRC = r"""# Read by interactive shells.
case $- in *i*) ;; *) return ;; esac
PS1='\[\e[32m\]\u\[\e[0m\]:\[\e[34m\]\w\[\e[0m\]\$ '
alias ls='ls --color=auto'
alias ll='ls -l'
"""

PROFILE = """# Read by login shells, as those of JupyterLab's terminals are.
if [ -n "$BASH_VERSION" ] && [ -f ~/.bashrc ]; then . ~/.bashrc; fi
"""


def write(path, text, mode=0o644):
    try:
        with open(path) as file:
            if file.read() == text:
                return
    except (OSError, UnicodeDecodeError):
        pass
    with open(path + ".new", "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    os.replace(path + ".new", path)


def link(target, path):
    if os.path.islink(path) and os.readlink(path) == target:
        return
    if os.path.lexists(path + ".new"):
        os.unlink(path + ".new")
    os.symlink(target, path + ".new")
    os.replace(path + ".new", path)


def is_python(path):
    try:
        with open(path, "rb") as file:
            head = file.read(512).split(b"\n")
    except OSError:
        return False
    return head[0].startswith(b"#!") and (b"python" in head[0] or head[1:2] and head[1].startswith(b"'''exec'"))


def make_layer():
    """A virtual environment of the image's Python. `true` lets pip take --user, which PYTHONUSERBASE leads to the
    same place. The .pth file puts the image's packages behind, and keeps out those that the host has installed."""
    python = os.path.realpath(sys.executable)
    os.makedirs(layer + "/bin", exist_ok=True)
    os.makedirs(layer + "/" + packages, exist_ok=True)
    if not os.path.lexists(layer + "/lib64"):
        os.symlink("lib", layer + "/lib64")
    behind = [home + "/.local/" + packages, *site.getsitepackages()]
    write(layer + "/" + packages + "/_image.pth",
          "import site, sys; sys.prefix == %r and (site.PREFIXES.clear(), list(map(site.addsitedir, %r)))\n"
          % (layer, [path for path in behind if os.path.isdir(path)]))
    write(layer + "/pyvenv.cfg", "home = %s\ninclude-system-site-packages = true\nversion = %d.%d.%d\n"
          % (os.path.dirname(python), *sys.version_info[:3]))
    for name in ("python", "python3", "python" + version):
        link(python, layer + "/bin/" + name)
    if os.path.isfile(image + "/pip.conf") and not os.path.lexists(layer + "/pip.conf"):
        os.symlink(image + "/pip.conf", layer + "/pip.conf")


def make_kernel():
    """The image's kernel `python3`, run by the layer's Python. The user's own one of that name goes first."""
    found, made = image + "/share/jupyter/kernels/python3", run + "/share/jupyter/kernels/python3"
    if not os.path.isfile(found + "/kernel.json"):
        return
    with open(found + "/kernel.json") as file:
        spec = json.load(file)
    if os.path.basename(spec["argv"][0]).startswith("python"):
        spec["argv"][0] = layer + "/bin/python"
    os.makedirs(made)
    write(made + "/kernel.json", json.dumps(spec, indent=1))
    for name in os.listdir(found):
        if name != "kernel.json":
            os.symlink(found + "/" + name, made + "/" + name)


def make_programs():
    """The image's Python programs, run by the layer's Python; Jupyter's by the image's own. Complete or not there."""
    write(run + "/run.py", RUN)
    for kind, python in (("own", layer + "/bin/python"), ("image", sys.executable)):
        write(run + "/run-" + kind, '#!/bin/sh\nexec %s %s/run.py %s "$0" "$@"\n'
              % (shlex.quote(python), run, kind), 0o755)
    os.mkdir(run + "/bin.new")
    for name in os.listdir(image + "/bin"):
        path = image + "/bin/" + name
        if not name.startswith("python") and os.access(path, os.X_OK) and is_python(path):
            os.symlink("../run-image" if name.startswith("jupyter") else "../run-own", run + "/bin.new/" + name)
    os.rename(run + "/bin.new", run + "/bin")


if not any(os.path.lexists(home + name) for name in ("/.bashrc", "/.profile", "/.bash_profile")):
    write(home + "/.bashrc", BASHRC)
    write(home + "/.profile", PROFILE)
make_layer()
make_kernel()
make_programs()
END
)SETUP";

}  // namespace

void AddPackages(runtime::Workload& want) {
  const auto off = want.environment.find("PYTHONNOUSERSITE");
  if (off != want.environment.end() && !off->second.empty()) return;
  want.set_up = kSetUp;
  want.environment.try_emplace("PYTHONUSERBASE", kPackages);
  want.environment.try_emplace("PATH", std::string(kPackages) + "/bin:/run/atelier/bin:" +
                                           want.image_prefix + "/bin:/usr/local/bin:/usr/bin:/bin");
}

}  // namespace atelier::control
