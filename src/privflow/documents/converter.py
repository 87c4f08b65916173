"""The converter between values and plain data: strict, and closed like the table."""

from __future__ import annotations

from functools import cache
from typing import Never

from cattrs import Converter
from cattrs.dispatch import TargetType

from privflow.documents.choice import CHOICE_HOOKS
from privflow.documents.collection import COLLECTION_HOOKS
from privflow.documents.record import RECORD_HOOKS
from privflow.documents.repeated import register_repeated
from privflow.documents.scalar import register_scalars
from privflow.documents.stand_in import register_stand_ins
from privflow.documents.value import register_values
from privflow.documents.word import WORD_HOOKS


def _is_any(_: TargetType) -> bool:
    return True


def _refused(kind: TargetType) -> Never:
    problem = f"no document can hold a value of {kind}"
    raise TypeError(problem)


@cache
def converter(*, in_detail: bool = True) -> Converter:
    """The converter; a type that it does not know is a `TypeError`, a gap in privflow.

    What it writes, it reads. What one of both cannot mean exactly, both refuse, with
    errors of privflow whose paths count from the value itself.

    Args:
        in_detail: reading goes on after a problem, so that all of them are told; else
            it stops at the first one, says nothing of where, and is faster.
    """
    made = Converter(forbid_extra_keys=True, detailed_validation=in_detail)
    for fits, hook_out, hook_in in (
        (_is_any, _refused, _refused),  # cattrs asks from the last to the first
        RECORD_HOOKS,
        *COLLECTION_HOOKS,
        *WORD_HOOKS,
        CHOICE_HOOKS,
    ):
        made.register_unstructure_hook_factory(fits, hook_out)
        made.register_structure_hook_factory(fits, hook_in)
    register_scalars(made)
    register_values(made)
    register_stand_ins(made)
    register_repeated(made)
    return made
