import json

import pytest
from pydantic import BaseModel

from interviewer.model.replies import Misfit, read_reply


class Pair(BaseModel):
    a: int
    b: str = "left out"


@pytest.mark.parametrize(
    ("text", "a", "b"),
    [
        ('{"a": 1, "b": "x"}', 1, "x"),
        ('Sure! {"a": 1, "b": "x"} Anything else?', 1, "x"),
        ('```json\n{"a": 1, "b": "x"}\n```', 1, "x"),
        ('```\n{"a": 1, "b": "x",\n}\n```', 1, "x"),
        ('{"a": 1, "b": "brace } and { and ,} and \\" quote"}', 1, 'brace } and { and ,} and " quote'),
        ('{"a": 1, "b": "two\nlines"}', 1, "two\nlines"),
        ('{"a": 1, "b": "ü 🙂"}', 1, "ü 🙂"),
        ('{"a": 9} no, rather {"a": 1, "b": "x"}', 1, "x"),
        ('{"a": 1, "b": "x"} {"note": "done"}', 1, "x"),
        ('<think>maybe {"a": 9} or {</think>{"a": 1, "b": "x"}', 1, "x"),
        ('\ufeff{"a": 1}', 1, "left out"),
    ],
)
def test_the_wrapping_is_mended(text: str, a: int, b: str) -> None:
    assert read_reply(text, "stop", Pair) == Pair(a=a, b=b)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "none",
        "{",
        '{"a": ',
        '{"a": 1, "b": "cut o',
        '{"a": 1, "b": "x"',
        '{"outer": {"a": 1, "b": "x"}',  # what is inside an object that broke off is no reply
        '{"a": 1 "b": "x"}',
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": "one"}',
        '{"b": "x"}',
        "[1, 2]",
        "<think>" + '{"a": 1}',
        "{" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
    ],
)
def test_what_is_missing_is_never_made_up(text: str) -> None:
    with pytest.raises(Misfit):
        read_reply(text, "stop", Pair)


def test_what_is_wrong_is_said_by_field_and_without_the_value() -> None:
    with pytest.raises(Misfit) as caught:
        read_reply(json.dumps({"a": "secret words"}), "stop", Pair)
    assert str(caught.value).startswith("a: Input should be a valid integer")
    assert "secret" not in str(caught.value)
