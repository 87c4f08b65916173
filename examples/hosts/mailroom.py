"""What platforms tell: kept as it came, read in order, made up for where it got lost.

A webhook answers within seconds, so it keeps the payload and no more. Whoever works
reads it later: an event of a stranger waits until the platform has said who that is.
Callbacks get lost; so the lists of contacts, and the messages of customer service, are
asked for as well, every six hours.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

import privflow as pf
from hosts.errand import BREATH, Errands
from hosts.question import PLATFORMS
from hosts.shop import CORP, STAFF, WECOM, known
from privflow.channels import (
    Decoded,
    Ignored,
    Report,
    Request,
    Response,
    additions_of,
    contact_of,
    read_xml,
)
from privflow.errors import PrivflowError

TABLES: Final = """
CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL,
    payload TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'unread');
CREATE INDEX IF NOT EXISTS mail_unread ON mail (number) WHERE state = 'unread';
CREATE TABLE IF NOT EXISTS identity (value TEXT PRIMARY KEY, contact_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chore (
    name TEXT PRIMARY KEY, due_us INTEGER NOT NULL, note TEXT NOT NULL);
"""
_KEEP: Final = "INSERT INTO mail (platform, payload) VALUES (?, ?)"
ROUND: Final = pf.span("6h")
Fields = Mapping[str, object]
_KF, _FOUND = "kf", "found"
_NO_CONTACT, _NOBODY = 84061, 84061
_CONTACTS: Final = "/cgi-bin/externalcontact"


@frozen(kw_only=True)
class Chore:
    """A call that sends nothing: who is that, who is there, what was said.

    Args:
        purpose: `"who"` for somebody of whom a callback told, `"found"` for somebody
            of whom none did; `"list"` or `"pull"`.
        about: the external_userid, or the member of staff.
    """

    purpose: str = field(kw_only=False)
    request: Request = field(kw_only=False)
    about: str = ""


class Letterbox:
    """Where callbacks are put in, by a connection that waits for no work."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(
            path, isolation_level=None, timeout=30, check_same_thread=False
        )

    def keep(self, platform: str, payload: str) -> None:
        """Keep a callback, verified and decrypted; answer the platform then."""
        self._db.execute(_KEEP, (platform, payload))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class Mailroom:
    """Turns payloads into inputs of contacts whom the host knows."""

    def __init__(self, errands: Errands) -> None:
        self._errands, self._host = errands, errands.host
        self._db = self._host.db
        self._db.executescript(TABLES)
        names = [(name,) for name in (_KF, *STAFF)]
        self._db.executemany("INSERT OR IGNORE INTO chore VALUES (?, 0, '[]')", names)

    def next_at(self, now: pf.Instant) -> int:
        """When there is something to read or to ask for, in microseconds."""
        due: int
        [[due]] = self._db.execute("SELECT min(due_us) FROM chore")
        [[count]] = self._db.execute("SELECT count(*) FROM mail WHERE state = 'unread'")
        return min(due, (now + BREATH).us) if count else due

    def read(self, now: pf.Instant) -> list[Chore]:
        """Take in what can be taken in, and say what has to be asked for."""
        unread = "SELECT number, platform, payload FROM mail WHERE state = 'unread'"
        rows = self._db.execute(f"{unread} ORDER BY number").fetchall()
        strangers: dict[str, str] = {}
        for number, platform, payload in rows:
            with self._host.transaction():
                state = self._opened(platform, payload, now, strangers)
                row = (state, number)
                self._db.execute("UPDATE mail SET state = ? WHERE number = ?", row)
        who = (_who(purpose, value) for value, purpose in strangers.items())
        return [*who, *self._due(now)]

    def _opened(
        self, platform: str, payload: str, now: pf.Instant, strangers: dict[str, str]
    ) -> str:
        """What becomes of a payload; one that cannot be read is kept for people."""
        if platform == _FOUND:
            if self._owner(payload) is None:
                strangers.setdefault(payload, "found")
                return "unread"
            return "read"
        try:
            told = PLATFORMS[platform].adapter.decode(payload)
        except PrivflowError:
            return "refused"
        events = [one for one in told if isinstance(one, pf.Event)]
        unknown = [e.contact_id for e in events if self._owner(e.contact_id) is None]
        if unknown and platform == "wecom":
            strangers.update(dict.fromkeys(unknown, "who"))
            return "unread"
        for one in told:
            self._take(one, payload, now)
        return "read"

    def _take(self, one: Decoded, payload: str, now: pf.Instant) -> None:
        match one:
            case pf.Event():
                owner = self._owner(one.contact_id)
                if owner is not None:
                    self._host.receive(owner, evolve(one, contact_id=owner))
            case pf.Receipt():
                self._errands.hear(one)
            case Report():
                self._errands.hear(one.receipt(one.reference))
            case Ignored(name="kf_msg_or_event"):
                token = read_xml(payload).get("Token")
                cursor, *_ = [*self._note(_KF), ""]
                self._plan(_KF, now, cursor, token.text if token else "")
            case Ignored():
                pass

    def _owner(self, value: str) -> str | None:
        """The contact whom a platform calls so."""
        found = self._db.execute(
            "SELECT contact_id FROM identity WHERE value = ?", (value,)
        ).fetchone()
        return found[0] if found else None

    def _due(self, now: pf.Instant) -> Iterator[Chore]:
        due = self._db.execute("SELECT name FROM chore WHERE due_us <= ?", (now.us,))
        for (name,) in due.fetchall():
            if name == _KF:
                cursor, token, *_ = [*self._note(_KF), "", ""]
                body = {"cursor": cursor, "token": token, "open_kfid": WECOM.kf}
                path, text = "/cgi-bin/kf/sync_msg", json.dumps(body)
                yield Chore(
                    "pull", Request("POST", path, body=text, channel="wecom.kf")
                )
            else:
                query = {"userid": name}
                path, channel = f"{_CONTACTS}/list", "wecom.message"
                listing = Request("GET", path, query=query, channel=channel)
                yield Chore("list", listing, about=name)

    def _note(self, name: str) -> list[str]:
        row = self._db.execute("SELECT note FROM chore WHERE name = ?", (name,))
        found: list[str] = json.loads(row.fetchone()[0])
        return found

    def _plan(self, name: str, due: pf.Instant, *note: str) -> None:
        row = (name, due.us, json.dumps(note))
        self._db.execute("INSERT OR REPLACE INTO chore VALUES (?, ?, ?)", row)

    def settle(self, chore: Chore, answer: Response) -> None:
        """Draw the consequences of an answer; without one, it is asked again."""
        fields = answer.fields("wecom")
        with self._host.transaction():
            match chore.purpose:
                case "list":
                    self._listed(chore.about, fields, answer.at)
                case "pull":
                    self._pulled(fields, answer)
                case _:
                    with suppress(PrivflowError):  # an answer that cannot be: no answer
                        self._met(chore, fields, answer.at)

    def _listed(self, staff: str, fields: Fields, now: pf.Instant) -> None:
        is_done = fields.get("errcode") in {0, _NOBODY}
        self._plan(staff, now + (ROUND if is_done else BREATH))
        listed = fields.get("external_userid")
        for value in listed if isinstance(listed, list) else ():
            if self._owner(value) is None:
                self._db.execute(_KEEP, (_FOUND, value))

    def _pulled(self, fields: Fields, answer: Response) -> None:
        """Keep the page, and where it ended, together: no message is passed over."""
        if fields.get("errcode") != 0:
            self._plan(_KF, answer.at + BREATH, *self._note(_KF))
            return
        if fields.get("msg_list"):
            self._db.execute(_KEEP, ("wecom", json.dumps(dict(fields))))
        due = answer.at if fields.get("has_more") else answer.at + ROUND
        self._plan(_KF, due, str(fields.get("next_cursor", "")))

    def _met(self, chore: Chore, fields: Fields, now: pf.Instant) -> None:
        """Make the acquaintance of somebody; what the platform forgot stays a name."""
        events: tuple[pf.Event, ...] = ()
        if fields.get("errcode") == 0:
            contact = known(contact_of(fields, corp=CORP), at=now)
            if chore.purpose == "found":
                events = additions_of(fields, corp=CORP)
        elif fields.get("errcode") == _NO_CONTACT:
            address = pf.Identity("wecom.external_userid", chore.about, scope=CORP)
            contact = pf.Contact(chore.about, identities=[address])
        else:
            return
        find = "SELECT id FROM contact WHERE id = ?"
        if self._db.execute(find, (contact.id,)).fetchone() is None:
            self._host.save(pf.ContactState(contact))
        values = [(identity.value, contact.id) for identity in contact.identities]
        self._db.executemany("INSERT OR IGNORE INTO identity VALUES (?, ?)", values)
        for event in events:
            self._host.receive(contact.id, event)


def _who(purpose: str, value: str) -> Chore:
    query, path = {"external_userid": value}, f"{_CONTACTS}/get"
    request = Request("GET", path, query=query, channel="wecom.message")
    return Chore(purpose, request, about=value)
