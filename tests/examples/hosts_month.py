"""The two hosts as programs that a test drives: each tick of the clock comes from it.

    python hosts_month.py async|sync FOLDER PLATFORM RULE STATEMENTS

It kills itself before its nth statement of SQL; 0 lets it live. The asynchronous host
prints its port and listens; the other one reads ticks and prints when it wakes next.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import uvicorn
from hosts.async_host import AsyncHost
from hosts.seal import Seal
from hosts.shop import CORP, plan
from hosts.sync_worker import SyncWorker
from hosts.wire import Account
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import privflow as pf

TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


class Clock:
    """Stands where the test has put it."""

    def __init__(self) -> None:
        self.us = 0

    def __call__(self) -> pf.Instant:
        return pf.Instant(self.us)


def seal() -> Seal:
    """The one that the platform and the host agreed on."""
    return Seal(TOKEN, AES_KEY, CORP)


def account(url: str) -> Account:
    """Who the host is to the platforms."""
    return Account(
        wecom_url=url,
        sms_url=url,
        corp=CORP,
        secret="secret",  # noqa: S106 - of a fake
        key_id="key",
        key="sms-key",
    )


def mortal(db: sqlite3.Connection, statement: int) -> None:
    """Die before the nth statement."""
    left = statement

    def count(_statement: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    # what a killed process has written is the system's: no disk has to be waited for
    db.execute("PRAGMA synchronous = OFF")
    db.set_trace_callback(count)


async def _run_async(folder: Path, url: str, rule: str, statement: int) -> None:
    clock = Clock()
    host = AsyncHost(
        folder / "host.db",
        plan(mass_rule=rule),
        account=account(url),
        seal=seal(),
        clock=clock,
        sms_path="reports",
    )
    mortal(host._desk.host.db, statement)  # noqa: SLF001 - a knife in its back

    async def tick(request: Request) -> PlainTextResponse:
        clock.us = int(request.path_params["us"])
        return PlainTextResponse(str((await host.turn()).us))

    app = Starlette(routes=[*host.routes, Route("/tick/{us}", tick)])
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag alone
        await asyncio.sleep(0.005)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await serving


def _run_sync(folder: Path, url: str, rule: str, statement: int) -> None:
    clock = Clock()
    worker = SyncWorker(
        folder / "host.db",
        plan(mass_rule=rule),
        account=account(url),
        clock=clock,
        sleep=lambda _seconds: None,
    )
    mortal(worker._desk.host.db, statement)  # noqa: SLF001 - a knife in its back
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        clock.us = int(line)
        print(worker.turn().us, flush=True)  # noqa: T201


if __name__ == "__main__":
    kind, where, url, rule, statement = sys.argv[1:]
    if kind == "async":
        asyncio.run(_run_async(Path(where), url, rule, int(statement)))
    else:
        _run_sync(Path(where), url, rule, int(statement))
