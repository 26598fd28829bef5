"""The hub as the bench runs it: its API alone, on SQLite. No proxy and no notebook is ever started."""

import os

from jupyterhub.auth import DummyAuthenticator
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import SimpleLocalProcessSpawner


class NoProxy(Proxy):
    """Clients talk to the hub's API directly, which is the faster way; routes go nowhere."""

    should_start = False

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


c = get_config()  # noqa: F821: JupyterHub puts it here
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.authenticator_class = DummyAuthenticator
c.JupyterHub.spawner_class = SimpleLocalProcessSpawner
c.DummyAuthenticator.allow_all = True
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ['BENCH_HUB_PORT']}"
c.JupyterHub.db_url = f"sqlite:///{os.environ['BENCH_HUB_DATABASE']}"
c.JupyterHub.cookie_secret = os.urandom(32)
c.JupyterHub.log_level = "WARN"
c.JupyterHub.services = [{"name": "bench", "api_token": os.environ["BENCH_HUB_TOKEN"]}]
c.JupyterHub.load_roles = [
    {"name": "bench", "scopes": ["admin:users", "list:users", "read:users"], "services": ["bench"]}]
