"""The form of a verdict, whose reasons are made when they are first asked for."""

from __future__ import annotations

from attrs import frozen

from privflow.conditions import Truth, Verdict
from privflow.documents.form import Form
from privflow.documents.problem import refuse
from privflow.timing import Instant


@frozen
class Said:
    """What a verdict says, all of it made."""

    value: Truth
    stable_until: Instant | None = None
    reasons: tuple[str, ...] = ()


def verdict_form(of_said: Form) -> Form:
    """The form of a verdict.

    Args:
        of_said: the form of `Said`.
    """

    def write(verdict: object) -> object:
        if not isinstance(verdict, Verdict):
            refuse("a verdict", verdict)
        until, reasons = verdict.stable_until, verdict.reasons
        return of_said.write(Said(verdict.value, until, reasons))

    def read(raw: object) -> Verdict:
        said: Said = of_said.read(raw)
        until, reasons = said.stable_until, said.reasons
        return Verdict(value=said.value, stable_until=until, reasons=reasons)

    return Form(write, read)
