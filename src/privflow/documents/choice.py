"""Forms of one of several classes: the document says which, in `type`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from privflow.documents.form import Form
from privflow.documents.problem import place, refuse, told
from privflow.errors import DocumentProblem, UnknownNameError, shown

FormsByName = Callable[[str], Form]


def choice_form(names: Mapping[type, str], form_named: FormsByName) -> Form:
    """One of several classes.

    Args:
        names: the classes, with the name of each in documents.
        form_named: the form of the class of such a name; asked when it is needed, since
            classes may hold each other.
    """
    known = sorted(names.values())

    def write(value: object) -> dict[str, object]:
        name = names.get(type(value))
        if name is None:
            problem = (
                f"{type(value).__name__} is no class that a document can hold here"
            )
            remedy = "keep it in code, or build it from the classes of privflow"
            raise DocumentProblem(problem, remedy)
        return {"type": name, **form_named(name).write(value)}  # type: ignore[dict-item]  # a record

    def read(raw: object) -> object:
        if not isinstance(raw, dict):
            refuse("an object with a type", raw)
        name = raw.get("type")
        if not isinstance(name, str):
            problem = f"got {told(name)}" if "type" in raw else "is missing"
            remedy = f"name the class of the object: {shown(known)}"
            raise DocumentProblem(problem, remedy).at(place("type"))
        if name not in known:
            what = "class that fits here"
            raise UnknownNameError(what, name, known).at(place("type"))
        fields = {key: part for key, part in raw.items() if key != "type"}
        return form_named(name).read(fields)

    return Form(write, read)


def word_or_form(word: Form, other: Form) -> Form:
    """A member of an enumeration, which is a text, or something that is none."""

    def write(value: object) -> object:
        return (word if isinstance(value, Enum) else other).write(value)

    def read(raw: object) -> object:
        is_word = isinstance(raw, str) and not raw.isdigit()
        return (word if is_word else other).read(raw)

    return Form(write, read)
