"""Everything that looks like a mistake in a plan."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.checking.circle import circles
from privflow.checking.consent import unknown_in_consents
from privflow.checking.finding import Finding
from privflow.checking.naming import unknown_in_plan, unknown_to_catalog
from privflow.engine import Plan, required_plan
from privflow.facts import Catalog, Contact
from privflow.rules import loops

_NO_LOOP = "let one of them make an event that no rule waits for"


def check(
    plan: Plan, *, catalog: Catalog | None = None, contacts: Iterable[Contact] = ()
) -> tuple[Finding, ...]:
    """What in a plan looks like a mistake, before anybody is touched (计划检查).

    What must be wrong a plan refuses when it is built. What is told here is allowed,
    and may be meant: a name that nothing else in the plan has, or a circle of stages or
    of rules.

    Args:
        catalog: what is known of contacts; without it, names of events, attributes,
            properties and tags are not looked at.
        contacts: whose consents are looked at: some of yours, or all; each is read
            once.

    >>> from privflow.quotas import TouchQuota
    >>> from privflow.timing import rolling
    >>> calm = TouchQuota("calm", 1, per=rolling("7d"), journey="wellcome")
    >>> from privflow.journeys import Journey, Stage
    >>> welcome = Journey("welcome", stages=[Stage("hello")])
    >>> [finding] = check(Plan(journeys=[welcome], quotas=[calm]))
    >>> print(finding)
    $.quotas[0].journey: no such journey: 'wellcome' [unknown-name]
    hint: did you mean 'welcome'?
    """
    required_plan("check.plan", plan)
    found = [*unknown_in_plan(plan), *circles(plan)]
    found += (
        Finding("loop", "$.rules", problem=str(loop), hint=_NO_LOOP)
        for loop in loops(plan.rules)
    )
    if catalog is not None:
        found += unknown_to_catalog(plan, catalog)
    return (*found, *unknown_in_consents(plan, contacts))
