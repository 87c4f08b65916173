"""What is no condition yet: Python's operators on it are refused with a hint."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import update_wrapper
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from typing_extensions import override

from privflow.errors import ConditionError, NotABooleanError, brief

_Asked = TypeVar("_Asked", bound=Callable[..., object])


class Unfinished:
    """Something to ask on with; alone it is neither compared nor joined.

    Type checkers see none of the operators, and so refuse them before anything runs.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def remedy(self) -> str:
        """What to write instead."""

    def __bool__(self) -> bool:
        raise NotABooleanError(brief(self), self.remedy)

    if not TYPE_CHECKING:

        def _refuse(self, _other: object = None) -> NoReturn:
            problem = "is no condition yet"
            raise ConditionError(brief(self), problem, self.remedy)

        __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
        __and__ = __rand__ = __or__ = __ror__ = __invert__ = _refuse
        __hash__ = None

        def __contains__(self, _part: object) -> NoReturn:
            raise NotABooleanError(brief(self), f"{self.remedy}, without `in`")


class _Uncalled(Unfinished):
    """A method that nobody has called yet."""

    def __init__(self, method: MethodType) -> None:
        self._method = method
        update_wrapper(self, method)

    def __call__(self, *given: object, **named: object) -> object:
        return self._method(*given, **named)

    @property
    @override
    def remedy(self) -> str:
        function = self._method.__func__
        rest = "" if function.__code__.co_argcount == 1 else "..."
        return f"call it: `.{function.__name__}({rest})`"

    @override
    def __repr__(self) -> str:
        return f"{self._method.__self__!r}.{self._method.__func__.__name__}"


class _Asking:
    """A method that, left uncalled, is unfinished."""

    def __init__(self, function: FunctionType) -> None:
        self._function = function

    def __get__(self, owner: object, _: type) -> FunctionType | _Uncalled:
        if owner is None:
            return self._function
        return _Uncalled(MethodType(self._function, owner))


def asking(function: _Asked) -> _Asked:
    """A method whose answer is compared or joined: the parentheses are often missed."""
    return cast("_Asked", _Asking(cast("FunctionType", function)))
