"""Peers of the gateway, in front of the same kind of upstream: nginx and configurable-http-proxy, JupyterHub's own."""

import contextlib
import http.client
import json
import os
import secrets
import subprocess

import processes

KEPT = 64  # connections that nginx keeps to its upstream: more than wrk opens
# One answer of a few bytes, with the host's name in it: in a sandbox that is the replica's id.
TRIVIAL = """
  keepalive_timeout 3600;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 '{{"by":"$hostname"}}'; }}
  }}"""


def trivial_upstream(folder):
    """nginx outside of any sandbox, on the core of the load."""
    port = processes.free_port()
    return processes.Nginx(folder, TRIVIAL.format(port=port), port, processes.LOAD_CORE)


def nginx_proxy(folder, path, socket):
    """Passes on what is below `path`, without it, to a unix socket."""
    port = processes.free_port()
    return processes.Nginx(folder, f"""
  upstream replica {{ server unix:{socket}; keepalive {KEPT}; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port};
    location {path}/ {{
      proxy_pass http://replica/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}""", port)


class HttpProxy:
    """configurable-http-proxy with one route. To a TCP port: it keeps no connection to a unix socket."""

    def __init__(self, modules, folder, path, target):
        self.program = modules / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
        self.folder, self.path, self.target = folder, path, target
        self.port, self.admin_port, self.token = processes.free_port(), processes.free_port(), secrets.token_hex(16)
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.folder.mkdir(parents=True)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                processes.pinned(processes.SERVER_CORE, "node", self.program, "--ip", "127.0.0.1", "--port", self.port,
                                 "--api-ip", "127.0.0.1", "--api-port", self.admin_port, "--no-include-prefix",
                                 "--log-level", "warn"),
                stdout=log, stderr=log, env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": self.token})
        processes.wait_until(self.routed, 30, f"configurable-http-proxy (log: {self.folder / 'log'})")

    def routed(self):
        if self.process.poll() is not None:
            raise SystemExit(f"bench: configurable-http-proxy ended: {(self.folder / 'log').read_text()[-2000:]}")
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("POST", f"/api/routes{self.path}", json.dumps({"target": self.target}),
                               {"Authorization": f"token {self.token}"})
            return connection.getresponse().status == 201
        return False

    def stop(self):
        processes.end(self.process)
