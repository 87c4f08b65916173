"""What is known about a contact: who they are, what they did, what they agreed to."""

from __future__ import annotations

from privflow.facts.account import Account, AccountView, Role
from privflow.facts.age import ADULT, CHILD, AgeFacts, age_on, anniversary
from privflow.facts.catalog import Catalog, Kind, value_type
from privflow.facts.column import Column
from privflow.facts.consent import (
    EVERY_CHANNEL,
    MARKETING,
    PERSONALISATION,
    PROCESSING,
    Consent,
    Consents,
    channel_matches,
    sensitive_purpose,
)
from privflow.facts.contact import Contact, required_contact
from privflow.facts.event import Event, content_key
from privflow.facts.group import Group, Membership
from privflow.facts.identity import (
    Identity,
    Relation,
    all_of,
    required_instant,
    required_mapping,
    required_string,
    required_text,
    several,
    tuple_of,
)
from privflow.facts.maker import changer, maker
from privflow.facts.merge_guard import GUARD, MergeGuard
from privflow.facts.merging import Merge, MergeLine, Side, merge
from privflow.facts.number import Number, added_up, divided, is_number, minus, plus
from privflow.facts.properties import (
    EMPTY,
    Properties,
    Scalar,
    Value,
    is_missing,
    properties_of,
    value_of,
)
from privflow.facts.relating import (
    CONSENT_GIVEN,
    RELATING,
    after_event,
    handed_over,
    missing_from_consent,
)
from privflow.facts.rights import (
    SUPPRESSED,
    Suppression,
    erase,
    lift_restriction,
    restrict,
)
from privflow.facts.row import BadRow, Batch, Row, contacts_of, events_of
from privflow.facts.series import OVER, Choice, Recent, Series, Stretch
from privflow.facts.tag import (
    FOREVER,
    NO_ROWS,
    GroupRows,
    Tag,
    TagFact,
    TagGroup,
    TagRow,
    Tags,
    required_tag,
)
from privflow.facts.timeline import Timeline
from privflow.facts.unchanging import Unchanging

__all__ = [
    "ADULT",
    "CHILD",
    "CONSENT_GIVEN",
    "EMPTY",
    "EVERY_CHANNEL",
    "FOREVER",
    "GUARD",
    "MARKETING",
    "NO_ROWS",
    "OVER",
    "PERSONALISATION",
    "PROCESSING",
    "RELATING",
    "SUPPRESSED",
    "Account",
    "AccountView",
    "AgeFacts",
    "BadRow",
    "Batch",
    "Catalog",
    "Choice",
    "Column",
    "Consent",
    "Consents",
    "Contact",
    "Event",
    "Group",
    "GroupRows",
    "Identity",
    "Kind",
    "Membership",
    "Merge",
    "MergeGuard",
    "MergeLine",
    "Number",
    "Properties",
    "Recent",
    "Relation",
    "Role",
    "Row",
    "Scalar",
    "Series",
    "Side",
    "Stretch",
    "Suppression",
    "Tag",
    "TagFact",
    "TagGroup",
    "TagRow",
    "Tags",
    "Timeline",
    "Unchanging",
    "Value",
    "added_up",
    "after_event",
    "age_on",
    "all_of",
    "anniversary",
    "changer",
    "channel_matches",
    "contacts_of",
    "content_key",
    "divided",
    "erase",
    "events_of",
    "handed_over",
    "is_missing",
    "is_number",
    "lift_restriction",
    "maker",
    "merge",
    "minus",
    "missing_from_consent",
    "plus",
    "properties_of",
    "required_contact",
    "required_instant",
    "required_mapping",
    "required_string",
    "required_tag",
    "required_text",
    "restrict",
    "sensitive_purpose",
    "several",
    "tuple_of",
    "value_of",
    "value_type",
]
