"""What came back for a request, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.channels.payload import read_json
from privflow.errors import DefinitionError, PayloadError
from privflow.facts import EMPTY, required_instant
from privflow.timing import Instant

NO_ANSWER: Final = 0
"""The status of a call that timed out or broke off."""
_LAST_STATUS: Final = 599
_TOO_MANY: Final = 429
_SERVER: Final = 500
_FINE: Final = range(200, 300)


def _required_body(given: object) -> None:
    if not isinstance(given, str | bytes):
        problem = f"got a value of type {type(given).__name__}, expected a body"
        remedy = "pass it as it came: response.content, not response.json()"
        raise DefinitionError("Response.body", problem, remedy)


@frozen(kw_only=True, repr=False)
class Response:
    """What a platform answered (接口应答); the repr shows no body.

    Args:
        status: of HTTP; 0 for no answer at all.
        body: as it came.
        at: when it came, by the host's clock.

    Raises:
        DefinitionError: a status that is none, a body that is read already, or no
            instant.
    """

    status: int = field(kw_only=False)
    body: str | bytes = field(default=b"", kw_only=False)
    at: Instant

    def __attrs_post_init__(self) -> None:
        required_instant("Response.at", self.at)
        _required_body(self.body)
        if type(self.status) is not int or not 0 <= self.status <= _LAST_STATUS:
            problem = f"got {self.status!r}, expected a status of HTTP"
            remedy = "pass 0 for no answer"
            raise DefinitionError("Response.status", problem, remedy)

    @override
    def __repr__(self) -> str:
        return f"<Response {self.status} of {len(self.body)} at {self.at}>"

    @property
    def trouble(self) -> str:
        """What HTTP alone says about the outcome; empty where the body tells.

        A call without an answer may have been carried out, and so may one that ended
        in an error of the server.
        """
        if self.status == _TOO_MANY:
            return "rate_limited"
        if self.status == NO_ANSWER or self.status >= _SERVER:
            return "unknown"
        return ""

    @property
    def is_fine(self) -> bool:
        """Whether the status is of the 200s."""
        return self.status in _FINE

    def fields(self, channel: str) -> Mapping[str, object]:
        """The object in the body; empty where it is malformed or no object.

        An answer that cannot be read is an outcome that is not known: no error, since
        the call may have been carried out.
        """
        try:
            found = read_json(self.body, channel=channel)
        except PayloadError:
            return EMPTY
        return found if isinstance(found, dict) else EMPTY
