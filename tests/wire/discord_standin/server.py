"""The server: every part put together behind one port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin.answers import Api
from tests.wire.discord_standin.control import Control
from tests.wire.discord_standin.faults import Faults
from tests.wire.discord_standin.front import API, GATEWAY, FrontDoor
from tests.wire.discord_standin.gateway import Gateway
from tests.wire.discord_standin.messages import Messages
from tests.wire.discord_standin.model import Settings
from tests.wire.discord_standin.rest_application import ApplicationRoutes
from tests.wire.discord_standin.rest_interactions import InteractionRoutes
from tests.wire.discord_standin.rest_messages import MessageRoutes
from tests.wire.discord_standin.world import World

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Json


class Server:
    """A Discord of one's own; start it, and close it when done."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Put the parts together; nothing listens yet."""
        self.world = World(settings or Settings())
        self.gateway = Gateway(self.world)
        self._faults = Faults(self.world)
        messages = Messages(self.world, self.gateway)
        api = Api(self.world, self.gateway, messages)
        front = FrontDoor(self.world, self._faults)
        app = web.Application(middlewares=[front.middleware], client_max_size=0)
        rest = [
            *ApplicationRoutes(api).routes(),
            *InteractionRoutes(api).routes(),
            *MessageRoutes(api).routes(),
        ]
        app.add_routes([web.route(r.method, API + r.path, r.handler) for r in rest])
        app.add_routes(Control(self.world, self.gateway, messages, self._faults).routes())
        app.router.add_get(GATEWAY, self.gateway.handle)
        for prefix in ("", "/media"):
            for folder in ("attachments", "ephemeral-attachments"):
                path = f"{prefix}/{folder}/{{channel}}/{{attachment:\\d+}}/{{name}}"
                app.router.add_get(path, self.world.cdn.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._base = ""

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        taken = self._runner.addresses[0][1]
        self._base = f"http://127.0.0.1:{taken}"
        self.world.cdn.base_url = self._base
        self.gateway.url = f"ws://127.0.0.1:{taken}{GATEWAY}"

    @property
    def addresses(self) -> Json:
        """Where to find what."""
        return {
            "control_url": f"{self._base}/control",
            "api_url": f"{self._base}{API}",
            "gateway_url": self.gateway.url,
            "cdn_url": self._base,
            "token": self.world.settings.token,
        }

    async def close(self) -> None:
        """Let go of everybody, and of the files."""
        self._faults.clear()
        self.gateway.cut()
        await self._runner.cleanup()
        self.world.cdn.close()
