"""What is asked of a model, in which shape, and which shapes its server takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from interviewer.model.place import Fault, Place
from interviewer.model.replies import in_words, strict_schema

Form = Literal["schema", "json", "text"]  # how JSON is asked for: by schema, as JSON of any kind, in words alone
Message = tuple[Literal["system", "human", "ai"], str]

_PLAINER: dict[Form, Form] = {"schema": "json", "json": "text"}
_OF_THE_FORM = re.compile(r"format|json|schema|grammar|structured|guided", re.IGNORECASE)


@dataclass(frozen=True)
class Shape:
    """How a request is put: the form in which JSON is asked for, and the optional fields that ride along."""

    form: Form = "text"
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One thing asked of one model. `schema` is None where words are asked for, as a stream."""

    place: Place
    messages: tuple[Message, ...]
    schema: type[BaseModel] | None = None
    seed: int | None = None

    @property
    def fullest(self) -> Shape:
        """The shape that makes use of all that a server may be able to."""
        if self.schema is None:
            return Shape(extras=("stream_options",))
        return Shape("schema", () if self.seed is None else ("seed",))

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is sent, for counting; a schema counts wherever it stands."""
        words = tuple(text for _, text in self.messages)
        return (*words, in_words(self.schema)) if self.schema else words

    def and_then(self, *messages: Message) -> Ask:
        return replace(self, messages=self.messages + messages)

    def in_shape(self, shape: Shape) -> tuple[list[Message], dict[str, Any]]:
        """The messages, and the fields beside them, as they are sent in a shape."""
        fields: dict[str, Any] = {"seed": self.seed} if "seed" in shape.extras else {}
        if self.schema is None:
            return list(self.messages), fields
        if shape.form == "schema":
            fields["response_format"] = {"type": "json_schema", "json_schema": strict_schema(self.schema)}
            return list(self.messages), fields
        if shape.form == "json":
            fields["response_format"] = {"type": "json_object"}
        (role, system), *rest = self.messages
        return [(role, f"{system}\n\n{in_words(self.schema)}"), *rest], fields


class Known:
    """What servers were found to take; kept as long as the process lives."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, type[BaseModel] | None], Form] = {}
        self._refused: dict[str, frozenset[str]] = {}

    def shape(self, ask: Ask) -> Shape:
        """The fullest shape that is not known to be refused."""
        model, full = ask.place.model, ask.fullest
        extras = tuple(e for e in full.extras if e not in self._refused.get(model, ()))
        return Shape(self._forms.get((model, ask.schema), full.form), extras)

    def took(self, ask: Ask, shape: Shape) -> None:
        """Remember a shape that worked, and with it what had to be left out."""
        model = ask.place.model
        self._forms[model, ask.schema] = shape.form
        self._refused[model] = self._refused.get(model, frozenset()) | (set(ask.fullest.extras) - set(shape.extras))


def plainer(shape: Shape, fault: Fault) -> Shape | None:
    """The shape to try after a refusal: without what the complaint names, or, where it says nothing, without the next optional part.

    None where leaving something out can't mend it.
    """
    if fault.code not in (400, 404, 422):
        return None
    for extra in shape.extras:
        if extra in fault.complaint:
            return replace(shape, extras=tuple(e for e in shape.extras if e != extra))
    silent = not fault.complaint and fault.code != 404
    if shape.form in _PLAINER and (silent or _OF_THE_FORM.search(fault.complaint)):
        return replace(shape, form=_PLAINER[shape.form])
    if silent and shape.extras:
        return replace(shape, extras=shape.extras[1:])
    return None
