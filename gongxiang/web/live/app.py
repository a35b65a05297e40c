"""The stream process: server-sent events over one database connection for all open pages.

    GET /live?t=<token>   an event `now` at once and whenever something came, `beat` in between
    GET /healthz          204 while the database can be heard, 503 otherwise

A page reads what arrived by itself, after every `now`; the first one comes after the page is on
the list of its topic, so nothing falls between reading and waiting. While the database cannot be
heard nobody is let in and everybody is sent away: silence is what tells a till that it is blind.

    granian --interface asgi gongxiang.web.live.app:application

Units: seconds. Source: design/ui/faces.md 7 (c) 4, 5; docs/adr/0015-arrivals-by-notify.md.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

import psycopg

from gongxiang.orders import arrivals
from gongxiang.web.live.hub import Hub
from gongxiang.web.live.tokens import LIFE_SECONDS, topic_of

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 2
_CHECK_SECONDS: Final = 2
_AGAIN_SECONDS: Final = 0.5
_NOW: Final = b"event: now\ndata: .\n\n"
_BEAT: Final = b"event: beat\ndata: .\n\n"
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),
    (b"x-accel-buffering", b"no"),
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Live:
    """The ASGI application: a hub, and the task that hears the database."""

    def __init__(self, *, address: Callable[[], str]) -> None:
        """Keep where the database is; nothing is opened before the server starts."""
        self.hub = Hub()
        self._address = address

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer the server's start and end, or one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/healthz":
            await _say(send, 204 if self.hub.is_listening else 503)
        elif scope["path"] == "/live" and scope["method"] == "GET":
            await self._answer(scope, receive, send)
        else:
            await _say(send, 404)

    async def _live(self, receive: Receive, send: Send) -> None:
        listener: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                listener = asyncio.create_task(self._listen())
                await send({"type": "lifespan.startup.complete"})
            else:
                if listener is not None:
                    listener.cancel()
                self.hub.go_deaf()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _listen(self) -> None:
        """Hear the database, again after every loss."""
        while True:
            try:
                await self._hear()
            except psycopg.Error as error:
                if self.hub.is_listening:
                    log.warning("the stream cannot hear the database: %s", error)
                self.hub.go_deaf()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._address(),
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=2,
            keepalives_interval=1,
            keepalives_count=2,
        )
        async with connection:
            await connection.execute(f"LISTEN {arrivals.CHANNEL}")
            self.hub.hear()
            while True:
                async for word in connection.notifies(timeout=_CHECK_SECONDS):
                    for topic in arrivals.topics(word.payload):
                        self.hub.ring(topic)
                await connection.execute("SELECT 1")

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        topic = topic_of(parse_qs(scope["query_string"].decode("latin-1")).get("t", [""])[0])
        if topic is None:
            await _say(send, 403)
        elif not self.hub.is_listening:
            await _say(send, 503)
        else:
            await self._stream(topic, receive, send)

    async def _stream(self, topic: str, receive: Receive, send: Send) -> None:
        """Tell a page of every arrival until it leaves, grows too old, or the database is lost."""
        gone = asyncio.ensure_future(_until_gone(receive))
        until = asyncio.get_running_loop().time() + LIFE_SECONDS
        with self.hub.waiting(topic) as bell:
            bell.set()
            await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
            while self.hub.is_listening and not gone.done():
                if asyncio.get_running_loop().time() > until:
                    break
                await send({"type": "http.response.body", "body": _word(bell), "more_body": True})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), BEAT_SECONDS)
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})


def _word(bell: asyncio.Event) -> bytes:
    """Take a ring off the bell and give its word, or that of nothing."""
    if not bell.is_set():
        return _BEAT
    bell.clear()
    return _NOW


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int) -> None:
    headers = [(b"access-control-allow-origin", b"*"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


application = Live(address=lambda: os.environ["DATABASE_URL"])
