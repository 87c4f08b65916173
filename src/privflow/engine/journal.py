"""What happened and why, one entry for each decision."""

from __future__ import annotations

from typing import get_args

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Language
from privflow.engine.journal_wording import REASONS_OF, WORDS
from privflow.engine.wording import phrase, reason_sentence, spoken
from privflow.facts import EMPTY, Properties
from privflow.timing import Instant, zone_name
from privflow.touches import one_of


@frozen(kw_only=True, weakref_slot=False)
class Entry:
    """One line of the journal (决策日志).

    Args:
        at: the instant that was decided about.
        what: one word of a closed vocabulary; `sentence` says what it means.
        source: `"journey:…"` or `"rule:…"`; empty for inputs.
        subject: the step, tag, event or stage that it is about.
        reason: the code of the reason, where there is one.
        facts: the numbers behind it.

    >>> from privflow.timing import instant
    >>> entry = Entry(
    ...     "skipped",
    ...     at=instant("2026-10-20T09:30+08:00"),
    ...     source="journey:welcome",
    ...     subject="coupon",
    ...     reason="no_identity",
    ...     facts=Properties({"namespace": "phone"}),
    ... )
    >>> print(entry)
    2026-10-20T01:30:00Z journey:welcome skipped coupon (no_identity)
    >>> print(entry.sentence("zh", timezone="Asia/Shanghai"))
    2026-10-20T09:30:00+08:00 journey:welcome 跳过 coupon:客户没有 phone 身份
    """

    at: Instant
    what: str = field(kw_only=False)
    source: str = ""
    subject: str = ""
    reason: str = ""
    facts: Properties = EMPTY

    def __attrs_post_init__(self) -> None:
        if self.what not in WORDS:
            one_of("Entry.what", self.what, tuple(WORDS))

    @override
    def __str__(self) -> str:
        because = f" ({self.reason})" if self.reason else ""
        return self._line(str(self.at), "en") + because

    def sentence(self, language: Language = "en", *, timezone: str = "UTC") -> str:
        """The entry for people, with its reason in words and the numbers behind it.

        Args:
            language: `"en"` or `"zh"`.
            timezone: in which instants are shown.

        Raises:
            DefinitionError: there are no words in this language.
            UnknownZoneError: there is no zone of this name.
        """
        one_of("language", language, get_args(Language))
        line = self._line(self.at.isoformat(zone_name(timezone)), language)
        if not self.reason:
            return line
        known = REASONS_OF.get(self.what, {}).get(self.reason)
        because = (
            spoken(known, language) if known else self._because(timezone, language)
        )
        return line + phrase("because", language, because)

    def _because(self, timezone: str, language: Language) -> str:
        return reason_sentence(self.reason, self.facts, timezone, language)

    def _line(self, at: str, language: Language) -> str:
        words = spoken(WORDS[self.what], language)
        parts = (at, self.source, words, self.subject)
        return " ".join(part for part in parts if part)
