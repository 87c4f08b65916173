"""A host that waits: one loop over what is due, and calls of httpx; no webhooks.

Another process may keep callbacks in the same file, through a `Letterbox`. Without one
the worker still hears of everything, only later: it asks for contacts, messages and the
ends of its errands by itself. Welcomes alone need callbacks, since their code lives for
20 seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import httpx

import privflow as pf
from hosts.desk import Desk
from hosts.wire import Account, has_stale_token, headers_of
from privflow.channels import Request, Response


class SyncWorker:
    """One desk, and whoever sits at it.

    Args:
        path: of the database file.
        clock: what time it is.
        sleep: waits for some seconds; `time.sleep`, say.
    """

    def __init__(
        self,
        path: Path,
        plan: pf.Plan,
        *,
        account: Account,
        clock: Callable[[], pf.Instant],
        sleep: Callable[[float], None],
    ) -> None:
        self._desk = Desk(path, plan)
        self._account, self._clock, self._sleep = account, clock, sleep
        self._client = httpx.Client(timeout=10)
        self._token = ""

    def close(self) -> None:
        """Let go of files and connections."""
        self._client.close()
        self._desk.close()

    def run(self, *, until: pf.Instant, at_most: float = 5.0) -> None:
        """Work until an instant.

        Args:
            at_most: how many seconds to sleep before looking for callbacks again.
        """
        while (now := self._clock()) < until:
            wake_at = self.turn()
            seconds = (wake_at.us - now.us) / 1_000_000
            self._sleep(max(0.05, min(seconds, at_most)))

    def turn(self) -> pf.Instant:
        """Do all that can be done now; returns when there will be more."""
        now, called = self._clock(), set[object]()
        while calls := self._desk.calls(now, called):
            for call in calls:
                self._desk.begin(call, self._clock())
                self._desk.settle(call, self._called(call.request))
            now = self._clock()
        return self._desk.next_at(now)

    def _called(self, request: Request) -> Response:
        """Make a call; whatever goes wrong on the way, the answer is not known then."""
        try:
            answer = self._once(request)
            if has_stale_token(answer):
                self._token = ""
                answer = self._once(request)
        except (httpx.HTTPError, KeyError, ValueError):
            return Response(0, at=self._clock())
        return answer

    def _once(self, request: Request) -> Response:
        if not self._token and request.channel != "sms":
            fetched = self._client.get(self._account.token_url())
            self._token = fetched.json()["access_token"]
        url = self._account.url(
            request, token=self._token, now=self._clock(), nonce=secrets.token_hex(16)
        )
        answer = self._client.request(
            request.method,
            url,
            content=request.body.encode(),
            headers=headers_of(request),
        )
        return Response(answer.status_code, answer.content, at=self._clock())
