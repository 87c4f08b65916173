"""A touch on its way out: made, shown to every gate, reserved and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from attrs import define

from privflow.conditions import chosen
from privflow.engine.command import AssignTask, Send
from privflow.engine.course import Draft
from privflow.engine.gates import Sight, ruling_name, token_for
from privflow.engine.turn import Turn
from privflow.errors import DefinitionError
from privflow.facts import EMPTY, Properties, maker
from privflow.journeys import GateLine
from privflow.quotas import Claim
from privflow.timing import Instant, Span
from privflow.touches import (
    Allow,
    ChannelProfile,
    Deny,
    Gate,
    Hold,
    Ruling,
    Touch,
    TouchRecord,
    Traits,
    shared_traits,
    touch_of,
)

_ID_BYTES = 12
_send = maker(Send)
_MOST_LOOKS = 16
"""How often gates may open into one another's hours; a bound for gates of users."""


@define(weakref_slot=False)
class Asked:
    """What the gates said of one touch, all of them together."""

    touch: Touch
    lines: tuple[GateLine, ...]
    denied: str = ""
    held: str = ""
    until: Instant | None = None


_asked = maker(Asked)


def made(
    turn: Turn, draft: Draft, channel: str, touch_id: str, key: Properties = EMPTY
) -> Touch:
    """The touch that would leave on a channel.

    Args:
        touch_id: from `id_of`; the same on every channel.
        key: the property that tells the visits of its journey apart.
    """
    contact_id, message, variant = turn.contact.id, draft.message, ""
    if message.variants:
        variant = chosen(message.variants, message.name, contact_id)
    traits = None if key else draft.traits.get((channel, variant))
    if traits is None:
        traits = _traits(turn, draft, channel, variant, key)
    return touch_of(touch_id, contact_id, traits)


def id_of(turn: Turn, origin: str, place: tuple[object, ...]) -> str:
    """The id of what comes from a place in a source; it depends on that alone.

    Args:
        origin: from `origin_of`.
    """
    of = f"{turn.index.plan.name!r}, {turn.contact.id!r}"
    # as the tuple of all parts is written
    data = f"({of}, {origin}, {repr(place)[1:]}".encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=_ID_BYTES).hexdigest()


def _traits(
    turn: Turn, draft: Draft, channel: str, variant: str, key: Properties
) -> Traits:
    """All of a touch that others of its step have, too; kept where they do."""
    message, profile = draft.message, turn.index.channels[channel]
    found = shared_traits(
        channel,
        message.name,
        message.kind,
        draft.source,
        draft.step,
        message.labels,
        variant,
        draft.priority,
        _parameters(turn, message.parameters, profile, key),
        message.personalised,
        message.asks_for,
        message.cost,
        _subjects(turn, draft),
        _confirm_within(profile, draft),
    )
    if not (key or profile.token or turn.index.subjects):
        draft.traits[channel, variant] = found
    return found


def _confirm_within(channel: ChannelProfile, draft: Draft) -> Span | None:
    own = draft.confirm_within if channel.confirmed_by_staff else None
    return own or channel.confirm_within


def _subjects(turn: Turn, draft: Draft) -> Properties:
    """Who else the touch is about, as far as a quota of the plan asks for it (Q2)."""
    asked = turn.index.subjects
    if not asked:
        return EMPTY
    source, _, name = draft.source.partition(":")
    journey = name if source == "journey" else ""
    attributes = turn.contact.attributes
    known = {
        "staff": staff_of(turn) or None,
        "campaign": draft.message.campaign or journey or None,
        **{name: attributes.get(name) for name in ("group", "account", "device")},
    }
    return Properties({name: known[name] for name in sorted(asked)})


def _parameters(
    turn: Turn, given: Properties, channel: ChannelProfile, key: Properties
) -> Properties:
    """The message's own, the key, and the code of a channel that needs one."""
    found = given.updated(key) if key else given
    token = channel.token
    if token is None:
        return found
    code = token_for(channel.name, token, turn.sight(), now=turn.now)
    return found.updated({token.property: code or None})


def ask(turn: Turn, touch: Touch) -> Asked:
    """Ask every gate, in order; a denial ends the asking, of holds the longest binds.

    Raises:
        DefinitionError: a gate rules nothing, or holds until an instant that does not
            lie ahead.
    """
    sight, now, index = turn.sight(), turn.now, turn.index
    panel = index.panels[touch.traits]
    rulings: list[Ruling] = []
    is_open = True
    for judge in panel.judges:
        ruling = judge(touch, sight, now=now)
        rulings.append(ruling)
        if ruling.__class__ is not Allow and not isinstance(ruling, Allow):
            is_open = False
            if isinstance(ruling, Deny):
                break
            if not isinstance(ruling, Hold):
                raise _no_ruling(panel.last_asked(rulings).name, ruling)
    if not is_open:
        return _objected(turn, touch, sight, panel.all_said(rulings))
    lines = index.lines.all_allowed(panel, touch.channel, rulings)
    return _asked(touch, lines, "", "", None)


def _objected(
    turn: Turn, touch: Touch, sight: Sight, said: list[tuple[Gate, Ruling]]
) -> Asked:
    """What the gates said, where one of them did not allow the touch."""
    lines = tuple(_line(turn, gate, touch, sight, ruling) for gate, ruling in said)
    for gate, ruling in said:
        if isinstance(ruling, Hold):
            _check_hold(gate.name, ruling, turn.now)
    _, last = said[-1]
    if isinstance(last, Deny):
        return Asked(touch, lines, denied=last.reason)
    holds = [ruling for _, ruling in said if isinstance(ruling, Hold)]
    longest = max(holds, key=lambda hold: hold.until)
    until = _opening(turn, touch, sight, longest.until)
    return Asked(touch, lines, held=longest.reason, until=until)


def _opening(turn: Turn, touch: Touch, sight: Sight, until: Instant) -> Instant:
    """The first instant from `until` on at which no gate holds, as things stand.

    One gate may open into the hours of another; what a gate denies then, or cannot
    know now, is left to the attempt that will be made.
    """
    for _ in range(_MOST_LOOKS):
        judges = turn.index.panels[touch.traits].judges
        rulings = [judge(touch, sight, now=until) for judge in judges]
        holds = [r for r in rulings if isinstance(r, Hold) and not r.recheck]
        later = [hold.until for hold in holds if hold.until > until]
        if not later:
            break
        until = max(later)
    return until


def _no_ruling(name: str, given: object) -> DefinitionError:
    """A gate of a user that forgot to answer would let nothing through for ever."""
    problem = f"ruled {given!r}, expected Allow, Hold or Deny"
    return DefinitionError(f"gate {name!r}", problem, "return Allow() where it is open")


def _check_hold(name: str, hold: Hold, now: Instant) -> None:
    """A gate that opens in the past would be asked for ever."""
    if hold.until <= now:
        what = f"gate {name!r}"
        problem = f"holds until {hold.until}, and was asked at {now}"
        remedy = "return Hold(reason, until=...) with a later instant, or Deny"
        raise DefinitionError(what, problem, remedy)


def _line(
    turn: Turn, gate: Gate, touch: Touch, sight: Sight, ruling: Ruling
) -> GateLine:
    if isinstance(ruling, Allow):
        return turn.index.lines.allowed(gate.name, touch.channel, ruling.facts)
    facts = ruling.facts
    winners = _winners(gate, touch, sight, turn.now)
    if winners:
        facts = facts.updated({"lost_to": winners})
    return GateLine(
        gate=gate.name,
        channel=touch.channel,
        ruling=ruling_name(ruling),
        reason=ruling.reason,
        until=ruling.until if isinstance(ruling, Hold) else None,
        facts=facts,
    )


def _winners(gate: Gate, touch: Touch, sight: Sight, now: Instant) -> tuple[str, ...]:
    """Who left at this instant and took the place, where the gate was open before."""
    ledger = sight.ledger
    if not ledger.times or ledger.times[-1] != now.us:
        return ()
    rivals = [record for record in ledger if record.decided_at == now]

    def opens_without(gone: list[TouchRecord]) -> bool:
        left = ledger.keeping(lambda record: record not in gone)
        before = Sight(sight.contact, sight.timeline, left, sight.timezone)
        return isinstance(gate.judge(touch, before, now=now), Allow)

    if not opens_without(rivals):
        return ()
    decisive = [rival for rival in rivals if opens_without([rival])]
    return tuple(
        f"{record.touch.source} {record.touch.step}".strip()
        for record in decisive or rivals
    )


def release(turn: Turn, touch: Touch, at: Instant) -> None:
    """Reserve the touch and hand it to the host."""
    channel = touch.channel
    turn.ledger = turn.ledger.reserving(touch, now=turn.now)
    claims = tuple(_claims(turn, touch)) if turn.index.shared else ()
    staff, what = staff_of(turn), "sent"
    if channel in turn.index.staffed:
        within, what = touch.confirm_within, "assigned"
        deadline = None if within is None else turn.now + within
        task = AssignTask(touch, staff=staff, claims=claims, deadline=deadline)
        turn.commands.append(task)
    else:
        turn.commands.append(_send(touch, staff, claims))
    facts = Properties.of_clean({"touch": touch.id, "channel": channel})
    turn.note(what, at, touch.source, touch.step or touch.message, "", facts)


def _claims(turn: Turn, touch: Touch) -> Iterator[Claim]:
    """What a touch takes of the quotas that contacts share."""
    sight = turn.sight()
    for quota in turn.index.shared:
        claim = quota.claim(touch, sight, now=turn.now)
        if claim is not None:
            yield claim


def staff_of(turn: Turn) -> str:
    """The member who added the contact last and still follows them."""
    last = None
    for relation in turn.contact.relations:
        if relation.lasts(now=turn.now) and (
            last is None or (last.since, last.staff) < (relation.since, relation.staff)
        ):
            last = relation
    return "" if last is None else last.staff
