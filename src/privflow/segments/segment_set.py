"""Many segments judged together: an input re-judges only what it can change.

Theory of operation
-------------------
1. A contact's memberships are one integer, a bit for each segment: the And of what all
   fields let in (`field`), put together again from where it has changed (`joint`).
2. What has changed is found by identity: attributes, tags and series are values, so an
   object that is still the same one needs no look.
3. Each field tells with its masks when time alone gives it others. Before the earliest
   of these instants, only what has changed needs a look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from typing_extensions import override

from privflow.conditions import NOWHERE, Facts, Measure, Scope, Subject, resolved
from privflow.errors import (
    DuplicateNameError,
    ProtocolError,
    TimeReversedError,
    WrongContactError,
    shown,
)
from privflow.facts import FOREVER, tuple_of
from privflow.segments.field import Field, fields_of
from privflow.segments.joint import LAYERED, SETTLED, Joint
from privflow.segments.memberships import Change, Memberships, made_memberships
from privflow.segments.reader import Readers
from privflow.segments.segment import Segment, required_segment
from privflow.segments.tally import Tallies, is_tally
from privflow.timing import Instant, required_now


class SegmentSet:
    """Segments that are judged together (人群集).

    Shape:
        Immutable. `start` looks at everything, `update` at what has changed; both give
        the same memberships for the same state, instant and scope.

    Args:
        scope: of the plan, for contacts without a zone of their own; where a call names
            a scope, that one counts instead.

    Raises:
        ConditionTypeError: one is no segment, but a condition, say.
        DuplicateNameError: two segments share a name.
        UnknownNameError: one refers to a segment that is not in the set.
        DefinitionError: one refers to itself, over whichever way.
    """

    def __init__(self, segments: Iterable[Segment], *, scope: Scope = NOWHERE) -> None:
        what = "part of a SegmentSet"
        listed = tuple_of("SegmentSet", segments)
        self.segments = tuple(required_segment(what, given) for given in listed)
        self.names = tuple(segment.name for segment in self.segments)
        self._scope = scope
        seen: set[str] = set()
        for name in self.names:
            if name in seen:
                raise DuplicateNameError("SegmentSet", name)
            seen.add(name)
        definitions = {s.name: s.condition.node for s in self.segments}
        nodes = [resolved(node, definitions) for node in definitions.values()]
        fields, whole = fields_of(nodes)
        everyone = (1 << len(self.segments)) - 1
        self._joint = Joint((*_tallied(fields), *whole), everyone)
        # All parts of a field look at the same thing, so any one of them will do.
        self._readers = Readers([f.parts[0].nodes[0] for f in self._joint.fields])

    @override
    def __repr__(self) -> str:
        return f"<SegmentSet {shown(self.names)}>"

    def start(
        self, state: Subject, *, now: Instant, scope: Scope | None = None
    ) -> Memberships:
        """The memberships of a contact who is looked at for the first time.

        Args:
            scope: the running journeys of the contact, where a segment asks for them.
        """
        facts, joint = Facts.at(state, now, scope or self._scope), self._joint
        looks = [field.look(facts) for field in joint.fields]
        masks = [found for found, _ in looks]
        layered = joint.layered(masks)
        settled = joint.settled(masks, layered)
        untils = [until for _, until in looks[: joint.timed]]
        return Memberships(
            names=self.names,
            mask=joint.inside(masks, settled),
            masks=tuple(masks),
            layered=layered,
            settled=settled,
            untils=tuple(untils),
            next_us=min(untils, default=FOREVER),
            contact=state.contact,
            series=state.timeline.series,
            scope=facts.scope,
            at=now,
        )

    def mask(self, state: Subject, *, now: Instant, scope: Scope | None = None) -> int:
        """The segments that a contact belongs to: a bit for each, in their order."""
        facts, joint = Facts.at(state, now, scope or self._scope), self._joint
        masks = [field.masks(facts) for field in joint.fields]
        return joint.inside(masks, joint.settled(masks, joint.layered(masks)))

    def update(
        self,
        memberships: Memberships,
        state: Subject,
        *,
        now: Instant,
        scope: Scope | None = None,
    ) -> Change:
        """What has changed since: with the contact, its journeys, or by time alone.

        Args:
            memberships: of the same contact, from this set.
            now: never before the instant of those.
            scope: the running journeys of the contact as they are now.

        Raises:
            WrongContactError: the memberships are another contact's.
            TimeReversedError: `now` is before they were last looked at.
            ProtocolError: they come from another set.
        """
        scope = scope or self._scope
        self._check(memberships, state, now)
        places = self._concerned(memberships, state, now.us, scope)
        if not places:
            return Change(memberships.mask, memberships)
        facts = Facts(state, now.us, scope)
        return Change(memberships.mask, self._looked(memberships, places, facts, now))

    def _check(self, old: Memberships, state: Subject, now: Instant) -> None:
        if old.names is not self.names:
            problem = f"got {old!r} of another set of segments"
            raise ProtocolError(problem, "call start once for each set and contact")
        if state.contact is not old.contact and state.contact.id != old.contact.id:
            raise WrongContactError(old.contact.id, state.contact.id)
        if required_now(now).us < old.at.us:
            raise TimeReversedError(old.at, now)

    def _concerned(
        self, old: Memberships, state: Subject, now_us: int, scope: Scope
    ) -> Iterable[int]:
        """The places of the fields that must be looked at again."""
        readers = self._readers
        places: list[int] = []
        if state.contact is not old.contact:
            places += readers.of_contact(old.contact, state.contact)
        if state.timeline.series is not old.series:
            places += readers.of_events(old.series, state.timeline.series)
        if scope is not old.scope:
            places += readers.of_scope(old.scope, scope)
        if now_us >= old.next_us:
            places += [i for i, until in enumerate(old.untils) if until <= now_us]
        return set(places) if len(places) > 1 else places

    def _looked(
        self, old: Memberships, places: Iterable[int], facts: Facts, now: Instant
    ) -> Memberships:
        """The memberships after another look at some fields."""
        joint, masks, untils = self._joint, [*old.masks], old.untils
        deepest, layered, settled = 0, old.layered, old.settled
        for place in places:
            found, until = joint.fields[place].look(facts)
            if place < joint.timed and until != untils[place]:
                untils = (*untils[:place], until, *untils[place + 1 :])
            if found is not masks[place]:
                masks[place] = found
                deepest = max(deepest, joint.depths[place])
        if deepest >= LAYERED:
            layered = joint.layered(masks)
        if deepest >= SETTLED:
            settled = joint.settled(masks, layered)
        return made_memberships(
            self.names,
            joint.inside(masks, settled) if deepest else old.mask,
            tuple(masks),
            layered,
            settled,
            untils,
            old.next_us if untils is old.untils else min(untils),
            facts.subject.contact,
            facts.subject.timeline.series,
            facts.scope,
            now,
        )


def _tallied(fields: Sequence[Field]) -> list[Field | Tallies]:
    """The fields, those together that count or add up the same events."""
    alone: list[Field | Tallies] = []
    together: dict[object, list[tuple[Measure, Field]]] = defaultdict(list)
    for field in fields:
        key = field.key
        if is_tally(key):
            together[key.of.name, key.of.where].append((key, field))
        else:
            alone.append(field)
    return [*alone, *map(Tallies, together.values())]
