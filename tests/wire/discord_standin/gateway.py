"""The gateway: sessions that outlive their connections, and events in order."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.wire.discord_standin import payloads
from tests.wire.discord_standin.compression import Codec, codec
from tests.wire.discord_standin.journal import TRANSCRIPT
from tests.wire.discord_standin.model import APPLICATION_ID, PRIVILEGED, Intent
from tests.wire.discord_standin.rules import (
    Fields,
    Problems,
    anything,
    items,
    mapping,
    maybe,
    text,
    whole,
    yes_or_no,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.wire.discord_standin.model import Guild, Json
    from tests.wire.discord_standin.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11
_REMEMBERED = 10_000
_LONGEST_MESSAGE = 4096
_NAMES = {HEARTBEAT: "HEARTBEAT", IDENTIFY: "IDENTIFY", PRESENCE: "PRESENCE", RESUME: "RESUME"}
_NAMES |= {RECONNECT: "RECONNECT", INVALID_SESSION: "INVALID_SESSION", HELLO: "HELLO", ACK: "ACK"}

_IDENTITY = Fields(
    "token properties intents",
    token=text(1, 200),
    properties=mapping,
    intents=whole(0, (1 << 31) - 1),
    compress=yes_or_no,
    large_threshold=whole(50, 250),
    shard=items(2, 2),
    presence=maybe(anything),
)
_RESUMPTION = Fields(
    "token session_id seq",
    token=text(1, 200),
    session_id=text(1, 100),
    seq=maybe(whole(0, 1 << 53)),
)


class Closed(Exception):
    """Ends a connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        """Keep both."""
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """One WebSocket; messages leave it in the order in which they were queued."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, stream: Codec) -> None:
        """Send through stream; request gives the transport to cut."""
        self.socket = socket
        self.session: Session | None = None
        self._request = request
        self._stream = stream
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def send(self, message: Json) -> None:
        """Queue a message."""
        self._queue.put_nowait(json.dumps(message, separators=(",", ":")))

    async def write(self) -> None:
        """Send what is queued, for as long as the socket lives."""
        while not self.socket.closed:
            frame = self._stream.encode(await self._queue.get())
            try:
                if isinstance(frame, bytes):
                    await self.socket.send_bytes(frame)
                else:
                    await self.socket.send_str(frame)
            except ConnectionError:
                return

    def cut(self) -> None:
        """Break the connection without a word."""
        if self._request.transport:
            self._request.transport.abort()


class Session:
    """What one IDENTIFY began; remembers events, so that a RESUME can replay them."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        """Start at sequence 0, with no connection."""
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.events: deque[Json] = deque(maxlen=_REMEMBERED)
        self.connection: Connection | None = None

    def serves(self, guild_id: int | None) -> bool:
        """Whether this shard is responsible; direct messages belong to shard 0."""
        index, count = self.shard
        return ((guild_id or 0) >> 22) % count == index if guild_id else index == 0

    def push(self, event: str, data: Json) -> Json:
        """Give an event the next number, remember it, and send it if anyone listens."""
        self.sequence += 1
        message = {"op": DISPATCH, "t": event, "s": self.sequence, "d": data}
        self.events.append(message)
        if self.connection:
            self.connection.send(message)
        return message

    def missed(self, after: int) -> list[Json] | None:
        """The events after a number; None where they are no longer remembered."""
        if after > self.sequence or (self.events and self.events[0]["s"] > after + 1):
            return None
        return [each for each in self.events if each["s"] > after]


class Gateway:
    """Every session and every connection."""

    def __init__(self, world: World) -> None:
        """Tell of world."""
        self._world = world
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()

    def dispatch(
        self,
        event: str,
        data: Json | Callable[[int], Json],
        guild_id: int | None,
        intent: int = 0,
    ) -> int:
        """Send an event to every session it concerns; data may depend on its intents."""
        reached = 0
        for session in self.sessions.values():
            if session.serves(guild_id) and (not intent or session.intents & intent):
                self._push(session, event, data(session.intents) if callable(data) else data)
                reached += session.connection is not None
        return reached

    def reconnect(self) -> None:
        """Ask every client to reconnect and resume (op 7)."""
        self._broadcast({"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Declare every session invalid (op 9)."""
        if not resumable:
            self.sessions.clear()
        self._broadcast({"op": INVALID_SESSION, "d": resumable})

    def cut(self) -> None:
        """Break every connection; sessions stay resumable."""
        for connection in list(self.connections):
            connection.cut()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one client from HELLO to the end."""
        query = request.query
        try:
            stream = codec(query.get("compress"))
        except ValueError as error:
            self._world.journal.violate(str(error), path=request.path_qs)
            return web.Response(status=400, text=str(error))
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request, stream)
        self.connections.add(connection)
        self._note("out", "CONNECTED", connection, {"query": dict(query)})
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(connection.write())
            try:
                await self._converse(connection, query)
            except Closed as closed:
                end = {"code": closed.code, "reason": closed.reason}
                self._note("out", "CLOSE", connection, end)
                await socket.close(code=closed.code, message=closed.reason.encode())
            finally:
                self._part(connection)
                writer.cancel()
                self._note("in", "DISCONNECTED", connection, {"code": socket.close_code})
        return socket

    async def _converse(self, connection: Connection, query: Mapping[str, str]) -> None:
        if query.get("v") != "10" or query.get("encoding", "json") != "json":
            raise Closed(4012, "Invalid API version")
        interval = self._world.settings.heartbeat_ms
        self._send(connection, HELLO, {"heartbeat_interval": interval, "_trace": []})
        while True:
            try:
                # Discord hangs up on a client whose heart has stopped beating.
                frame = await connection.socket.receive(timeout=interval * 1.5 / 1000)
            except TimeoutError:
                raise Closed(4009, "Session timed out.") from None
            if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            self._receive(connection, frame.data)

    def _receive(self, connection: Connection, frame: str | bytes) -> None:
        if len(frame) > _LONGEST_MESSAGE:
            self._world.journal.violate(f"A gateway message of {len(frame)} bytes is over 4096")
            raise Closed(4002, "Decode error.")
        try:
            message = json.loads(frame)
            opcode, data = message["op"], message.get("d")
        except (ValueError, TypeError, KeyError):
            raise Closed(4002, "Decode error.") from None
        name = _NAMES.get(opcode, f"OP {opcode}")
        self._note("in", name, connection, _discreet(data))
        match opcode:
            case 1:
                if self._world.settings.heartbeat_answered:
                    self._send(connection, ACK, None)
            case 2:
                self._identify(connection, data)
            case 3 if connection.session:
                pass
            case 6:
                self._resume(connection, data)
            case _:
                self._world.journal.violate(f"Gateway opcode {opcode} is unknown to the stand-in")
                raise Closed(4001, "Unknown opcode.")

    def _identify(self, connection: Connection, data: object) -> None:
        identity = self._checked(_IDENTITY, data, "IDENTIFY")
        if connection.session:
            raise Closed(4005, "Already authenticated.")
        intents = identity["intents"]
        granted = self._world.settings.privileged_intents
        if intents & PRIVILEGED & ~granted:
            raise Closed(4014, "Disallowed intent(s).")
        index, count = identity.get("shard") or [0, 1]
        if not 0 <= index < count:
            raise Closed(4010, "Invalid shard.")
        # A shard that starts afresh has given up the sessions it left behind.
        left = [each for each in self.sessions.values() if not each.connection]
        for session in left:
            if session.shard == (index, count):
                del self.sessions[session.id]
        session = Session((index, count), intents)
        self.sessions[session.id] = session
        self._attach(connection, session)
        self._welcome(session)

    def _resume(self, connection: Connection, data: object) -> None:
        wish = self._checked(_RESUMPTION, data, "RESUME")
        session = self.sessions.get(wish["session_id"])
        missed = session.missed(wish.get("seq") or 0) if session else None
        if session is None or missed is None:
            self._send(connection, INVALID_SESSION, False)
            return
        if session.connection:
            session.connection.session = None
            session.connection.cut()
        self._attach(connection, session)
        for message in missed:
            connection.send(message)
            self._note("out", f"{message['t']} (again)", connection, message["d"])
        self._push(session, "RESUMED", {"_trace": []})

    def _checked(self, fields: Fields, data: object, name: str) -> Json:
        problems = Problems()
        checked = fields.check(data, name, problems)
        for path, sentence in problems.found:
            self._world.journal.violate(f"{path}: {sentence}")
        if problems.found:
            raise Closed(4002, "Decode error.")
        if checked["token"].removeprefix("Bot ") != self._world.settings.token:
            raise Closed(4004, "Authentication failed.")
        return checked

    def _welcome(self, session: Session) -> None:
        world = self._world
        guilds = [
            each for each in world.guilds.values() if each.has_bot and session.serves(each.id)
        ]
        ready = {
            "v": 10,
            "user": payloads.own_user(world),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "private_channels": [],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(APPLICATION_ID), "flags": 0},
            "_trace": [],
        }
        self._push(session, "READY", ready)
        for guild in guilds:
            self._create(session, guild)

    def announce(self, guild: Guild) -> None:
        """A guild the bot just joined."""
        for session in self.sessions.values():
            if session.serves(guild.id):
                self._create(session, guild)

    def _create(self, session: Session, guild: Guild) -> None:
        if session.intents & Intent.GUILDS:
            self._push(session, "GUILD_CREATE", payloads.guild_create(guild, session.intents))

    def _attach(self, connection: Connection, session: Session) -> None:
        connection.session = session
        session.connection = connection

    def _part(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if connection.session and connection.session.connection is connection:
            connection.session.connection = None

    def _push(self, session: Session, event: str, data: Json) -> None:
        session.push(event, data)
        self._note("out", event, session.connection, data, session)

    def _send(self, connection: Connection, opcode: int, data: object) -> None:
        connection.send({"op": opcode, "d": data})
        self._note("out", _NAMES[opcode], connection, data)

    def _broadcast(self, message: Json) -> None:
        for connection in list(self.connections):
            # Before IDENTIFY there is nothing to resume.
            if connection.session:
                connection.send(message)
                self._note("out", _NAMES[message["op"]], connection, message["d"])

    def _note(
        self,
        direction: str,
        event: str,
        connection: Connection | None,
        data: object,
        session: Session | None = None,
    ) -> None:
        held = session or (connection.session if connection else None)
        note: dict[str, Any] = {"direction": direction, "event": event, "data": data}
        note |= {"session": held.id if held else None, "delivered": connection is not None}
        self._world.journal.add("gateway", note, TRANSCRIPT, f"event:{event}")


def _discreet(data: object) -> object:
    return {**data, "token": "…"} if isinstance(data, dict) and "token" in data else data
