"""What is known about a contact: who they are, what they did, what they agreed to."""

from __future__ import annotations

from privflow.facts.catalog import Catalog
from privflow.facts.consent import Consent, Consents, channel_matches
from privflow.facts.contact import Contact
from privflow.facts.event import Event
from privflow.facts.identity import Identity, Relation, required_instant, required_text
from privflow.facts.number import Number, added_up, divided, is_number, minus, plus
from privflow.facts.properties import (
    EMPTY,
    Properties,
    Scalar,
    Value,
    properties_of,
    value_of,
)
from privflow.facts.relating import after_event
from privflow.facts.row import BadRow, Batch, Row, contacts_of, events_of
from privflow.facts.tag import FOREVER, Tag, TagFact, TagGroup, Tags
from privflow.facts.timeline import Choice, Series, Stretch, Timeline

__all__ = [
    "EMPTY",
    "FOREVER",
    "BadRow",
    "Batch",
    "Catalog",
    "Choice",
    "Consent",
    "Consents",
    "Contact",
    "Event",
    "Identity",
    "Number",
    "Properties",
    "Relation",
    "Row",
    "Scalar",
    "Series",
    "Stretch",
    "Tag",
    "TagFact",
    "TagGroup",
    "Tags",
    "Timeline",
    "Value",
    "added_up",
    "after_event",
    "channel_matches",
    "contacts_of",
    "divided",
    "events_of",
    "is_number",
    "minus",
    "plus",
    "properties_of",
    "required_instant",
    "required_text",
    "value_of",
]
