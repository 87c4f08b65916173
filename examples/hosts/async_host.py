"""A host that awaits: webhooks of Starlette, calls of httpx, states in SQLite.

    uvicorn --factory my_shop:app

The webhooks check the seal, keep what came, and ring a bell. One task works: it makes
one call after another until nothing is left to do, and sleeps until a contact wants to
be woken, an errand is due, or the bell rings.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as Incoming
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import privflow as pf
from hosts.desk import Desk
from hosts.mailroom import Letterbox
from hosts.seal import ForgedError, Seal
from hosts.wire import Account, has_stale_token, headers_of
from privflow.channels import Request, Response, read_xml
from privflow.errors import PrivflowError

_LARGEST: Final = 256 * 1024
_SHORTEST: Final = 0.05
Given = TypeVar("Given")
Clock = Callable[[], pf.Instant]


class AsyncHost:
    """One desk, its webhooks and its worker.

    Args:
        path: of the database file.
        clock: what time it is; privflow never asks by itself.
        sms_path: a secret part of the address to which the SMS provider reports, since
            it signs nothing.
    """

    def __init__(
        self,
        path: Path,
        plan: pf.Plan,
        *,
        account: Account,
        seal: Seal,
        clock: Clock,
        sms_path: str,
    ) -> None:
        self._desk, self._letterbox = Desk(path, plan), Letterbox(path)
        self._account, self._seal, self._clock = account, seal, clock
        # the desk has a thread of its own, which ends before its file is closed
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._client = httpx.AsyncClient(timeout=10)
        self._token = ""
        self._bell = asyncio.Event()
        self.routes = [
            Route("/wecom", self._verify, methods=["GET"]),
            Route("/wecom", self._wecom, methods=["POST"]),
            Route(f"/sms/{sms_path}", self._sms, methods=["POST"]),
        ]

    def app(self) -> Starlette:
        """The application: its routes, and the worker beside them."""
        return Starlette(routes=self.routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(self.run())
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            await self.close()

    async def close(self) -> None:
        """Let go of files and connections."""
        self._thread.shutdown(cancel_futures=True)
        await self._client.aclose()
        self._letterbox.close()
        self._desk.close()

    async def _verify(self, incoming: Incoming) -> PlainTextResponse:
        """Show that we know the key: asked once, when the address is entered."""
        return PlainTextResponse(
            self._opened(incoming, incoming.query_params["echostr"])
        )

    async def _wecom(self, incoming: Incoming) -> PlainTextResponse:
        body = await _body(incoming)
        try:
            sealed = read_xml(body)["Encrypt"].text
        except (PrivflowError, KeyError):
            raise HTTPException(400) from None
        return await self._kept("wecom", self._opened(incoming, sealed), "success")

    async def _sms(self, incoming: Incoming) -> PlainTextResponse:
        text = (await _body(incoming)).decode(errors="replace")
        return await self._kept("sms", text, '{"code": 0, "msg": "OK"}')

    def _opened(self, incoming: Incoming, sealed: str) -> str:
        given = incoming.query_params
        try:
            return self._seal.opened(
                sealed,
                signature=given["msg_signature"],
                timestamp=given["timestamp"],
                nonce=given["nonce"],
            )
        except (ForgedError, KeyError):
            raise HTTPException(403) from None

    async def _kept(self, platform: str, text: str, reply: str) -> PlainTextResponse:
        await asyncio.to_thread(self._letterbox.keep, platform, text)
        self._bell.set()
        return PlainTextResponse(reply)

    async def run(self) -> None:
        """Work, and sleep until there is something to do; for ever."""
        while True:
            self._bell.clear()
            wake_at = await self.turn()
            seconds = (wake_at.us - self._clock().us) / 1_000_000
            with suppress(TimeoutError):
                async with asyncio.timeout(max(seconds, _SHORTEST)):
                    await self._bell.wait()

    async def turn(self) -> pf.Instant:
        """Do all that can be done now; returns when there will be more."""
        now, called = self._clock(), set[object]()
        while calls := await self._at_desk(self._desk.calls, now, called):
            for call in calls:
                await self._at_desk(self._desk.begin, call, self._clock())
                answer = await self._called(call.request)
                await self._at_desk(self._desk.settle, call, answer)
            now = self._clock()
        return await self._at_desk(self._desk.next_at, now)

    async def _at_desk(self, do: Callable[..., Given], *arguments: object) -> Given:
        """Do something with the file, and let webhooks in meanwhile."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, do, *arguments)

    async def _called(self, request: Request) -> Response:
        """Make a call; whatever goes wrong on the way, the answer is not known then."""
        try:
            answer = await self._once(request)
            if has_stale_token(answer):
                self._token = ""
                answer = await self._once(request)
        except (httpx.HTTPError, KeyError, ValueError):
            return Response(0, at=self._clock())
        return answer

    async def _once(self, request: Request) -> Response:
        if not self._token and request.channel != "sms":
            fetched = await self._client.get(self._account.token_url())
            self._token = fetched.json()["access_token"]
        url = self._account.url(
            request, token=self._token, now=self._clock(), nonce=secrets.token_hex(16)
        )
        answer = await self._client.request(
            request.method,
            url,
            content=request.body.encode(),
            headers=headers_of(request),
        )
        return Response(answer.status_code, answer.content, at=self._clock())


async def _body(incoming: Incoming) -> bytes:
    """What came, unless it is larger than any callback."""
    read = b""
    async for part in incoming.stream():
        read += part
        if len(read) > _LARGEST:
            raise HTTPException(413)
    return read
