"""Every error of privflow: a stable code, the path of the culprit, one hint.

The class says whose turn it is to act. `DefinitionError`: the author of a plan.
`ConditionError`: the author of a condition. `DocumentError`: whoever stored the
document. `ProtocolError`: the host; the state is unchanged. `AdapterError`: a
platform sent something impossible. Any other exception out of privflow is a bug.
"""

from __future__ import annotations

from privflow.errors.adapter import (
    AdapterError,
    PayloadError,
)
from privflow.errors.condition import (
    ConditionError,
    ConditionSyntaxError,
    ConditionTypeError,
)
from privflow.errors.definition import (
    DefinitionError,
    DuplicateNameError,
    NaiveTimeError,
    NotABooleanError,
    TimeFormatError,
    UnknownFormatError,
    UnknownNameError,
    UnknownZoneError,
)
from privflow.errors.document import (
    DocumentError,
    DocumentProblem,
)
from privflow.errors.error import PrivflowError
from privflow.errors.extra import MissingExtraError
from privflow.errors.protocol import (
    ContentError,
    FutureInputError,
    ProtocolError,
    TimeReversedError,
    WrongContactError,
)
from privflow.errors.wording import (
    brief,
    did_you_mean,
    shown,
    source_lines,
)

__all__ = [
    "AdapterError",
    "ConditionError",
    "ConditionSyntaxError",
    "ConditionTypeError",
    "ContentError",
    "DefinitionError",
    "DocumentError",
    "DocumentProblem",
    "DuplicateNameError",
    "FutureInputError",
    "MissingExtraError",
    "NaiveTimeError",
    "NotABooleanError",
    "PayloadError",
    "PrivflowError",
    "ProtocolError",
    "TimeFormatError",
    "TimeReversedError",
    "UnknownFormatError",
    "UnknownNameError",
    "UnknownZoneError",
    "WrongContactError",
    "brief",
    "did_you_mean",
    "shown",
    "source_lines",
]

# A traceback and a pickle name the room, which stays, and not a file of it.
for _name in __all__:
    globals()[_name].__module__ = __name__
