import asyncio
import json
import threading
from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from interviewer.errors import ModelRefused, ModelReplyBroken
from tests.loopback import Body, Json, LoopbackModel, Reply, Script, Status, Text, in_turn, said_to
from tests.model.conftest import Join
from tests.model.kept import ASKED, FITS, Verdict

MEANT = Verdict.model_validate(FITS)


def forms(requests: Sequence[Body]) -> list[str]:
    return [r.get("response_format", {}).get("type", "text") for r in requests]


def takes(*types: str, complaint: str = "response_format is not supported", code: int = 400) -> Script:
    """A server that takes only these forms of asking for JSON."""

    def script(request: Body) -> Reply:
        return Json(FITS) if forms([request])[0] in types else Status(code, complaint)

    return script


def test_a_server_that_takes_schemas_gets_the_schema_and_its_reply_is_a_value(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        assert join(server).verdict() == MEANT
        (sent,) = server.requests
        form = sent["response_format"]
        assert (sent["model"], form["type"], form["json_schema"]["name"], form["json_schema"]["strict"]) == (
            "large",
            "json_schema",
            "Verdict",
            True,
        )
        assert form["json_schema"]["schema"]["required"] == ["level", "quotes", "rationale"]
        assert form["json_schema"]["schema"]["additionalProperties"] is False
        assert "temperature" not in sent
        assert "seed" not in sent
        assert "JSON" not in said_to(sent)


@pytest.mark.parametrize(("code", "complaint"), [(400, "'json_schema' is not one of"), (422, "response_format: extra"), (400, "")])
def test_where_schemas_are_refused_any_json_is_asked_for_with_the_fields_in_words(join: Join, code: int, complaint: str) -> None:
    with LoopbackModel(takes("json_object", "text", complaint=complaint, code=code)) as server:
        assert join(server).verdict() == MEANT
        assert forms(server.requests) == ["json_schema", "json_object"]
        assert '"rationale"' in said_to(server.requests[1])


def test_where_json_is_refused_too_plain_words_are_asked_for(join: Join) -> None:
    with LoopbackModel(takes("text")) as server:
        assert join(server).verdict() == MEANT
        assert forms(server.requests) == ["json_schema", "json_object", "text"]
        assert "one JSON object" in said_to(server.requests[2])


def test_a_404_about_the_form_steps_down_and_one_about_the_model_does_not(join: Join) -> None:
    with LoopbackModel(takes("json_object", code=404, complaint="No endpoints found that support structured outputs")) as server:
        assert join(server).verdict() == MEANT
    with LoopbackModel(takes(code=404, complaint="model 'large' not found")) as server:
        with pytest.raises(ModelRefused, match=r"has no model 'large'.*check RATER_MODEL"):
            join(server).verdict()
        assert len(server.requests) == 1


def test_a_400_about_something_else_is_not_tried_in_plainer_forms(join: Join) -> None:
    with LoopbackModel(takes(complaint="maximum context length is 4096 tokens")) as server:
        with pytest.raises(ModelRefused, match="maximum context length is 4096 tokens"):
            join(server).verdict()
        assert len(server.requests) == 1


def test_what_a_server_takes_is_remembered(join: Join) -> None:
    with LoopbackModel(takes("text")) as server:
        connected = join(server)
        connected.verdict()
        connected.verdict()
        assert forms(server.requests) == ["json_schema", "json_object", "text", "text"]


def test_a_seed_is_sent_where_given_and_left_out_where_refused(join: Join) -> None:
    def no_seed(request: Body) -> Reply:
        return Status(400, "Unsupported parameter", param="seed") if "seed" in request else Json(FITS)

    with LoopbackModel(no_seed) as server:
        connected = join(server)
        assert connected.verdict(seed=7) == MEANT
        assert connected.verdict(seed=8) == MEANT
        assert [r.get("seed") for r in server.requests] == [7, None, None]
        assert forms(server.requests) == ["json_schema"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Here it is:\n```json\n" + json.dumps(FITS, indent=1) + "\n```\nI hope that helps {smiles}.",
        json.dumps(FITS)[:-1] + ",}",
        json.dumps(FITS).replace('"clear"', '"clear,\nand\tshort"'),
        "<think>{level 1? no</think>" + json.dumps(FITS),
        json.dumps({**FITS, "level": 1}) + " Wait, no: " + json.dumps(FITS),
    ],
    ids=["fenced", "trailing comma", "raw line break", "thought aloud", "corrected"],
)
def test_a_reply_in_a_broken_wrapping_is_read_at_once(join: Join, text: str) -> None:
    with LoopbackModel(lambda _: Text(text)) as server:
        assert join(server).verdict().level == 4
        assert len(server.requests) == 1


def test_a_reply_that_does_not_fit_is_asked_for_once_more_with_what_was_wrong(join: Join) -> None:
    with LoopbackModel(in_turn(Json({"level": 9, "rationale": "wow"}), Json(FITS))) as server:
        connected = join(server)
        assert connected.verdict() == MEANT
        again = server.requests[1]["messages"]
        assert [m["role"] for m in again] == ["system", "user", "assistant", "user"]
        assert json.loads(again[2]["content"])["level"] == 9
        assert "level: Input should be 1, 2, 3, 4 or 5" in again[3]["content"]
        assert len(connected.ledger.spendings) == 2


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Text("I would give this a four."), "no whole JSON object"),
        (Text('{"level": 4, "rationale": "the cand'), "no whole JSON object"),
        (Json(FITS, finish="length"), "cut off"),
        (Json(FITS, finish="content_filter"), "content filter"),
        (Text(""), "empty"),
        (Json({**FITS, "mood": "good"}), "mood: Extra inputs"),
        (Json([FITS["level"]]), "no whole JSON object"),
    ],
)
def test_a_reply_that_does_not_fit_twice_is_broken_and_never_made_up(join: Join, reply: Reply, why: str) -> None:
    with LoopbackModel(lambda _: reply) as server:
        with pytest.raises(ModelReplyBroken, match=f"large at {server.host} was asked twice for a verdict.*{why}.*RATER_MODEL"):
            join(server).verdict()
        assert len(server.requests) == 2


def test_the_usage_of_a_reply_that_was_cut_off_is_counted(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS, finish="length", usage=(50, 20))) as server:
        connected = join(server)
        with pytest.raises(ModelReplyBroken):
            connected.verdict()
        assert [s[3:] for s in connected.ledger.spendings] == [(50, 20), (50, 20)]


def test_calls_made_together_run_together(join: Join) -> None:
    all_there = threading.Barrier(5)

    def together(request: Body) -> Reply:
        all_there.wait(4)
        return Json({**FITS, "rationale": said_to(request)})

    with LoopbackModel(together) as server:
        connected = join(server)

        async def work() -> list[Verdict]:
            asks = [ASKED.model_copy(update={"user": f"criterion {n}"}) for n in range(5)]
            return await asyncio.gather(*(connected.models.structured("rater", a, Verdict, interview="i1") for a in asks))

        verdicts = connected.run(work)
        assert ["criterion 0" in v.rationale for v in verdicts] == [True, False, False, False, False]
        assert len(connected.ledger.spendings) == 5


class Inner(BaseModel):
    default: str = "x"


class Outer(BaseModel):
    one: Inner
    many: list[Inner] = []
    maybe: int | None = None


def test_the_strict_schema_requires_every_field_at_every_depth(join: Join) -> None:
    with LoopbackModel(lambda _: Json({"one": {"default": "y"}, "many": [], "maybe": None})) as server:
        connected = join(server)
        got = connected.run(lambda: connected.models.structured("judge", ASKED, Outer, interview=None))
        assert got == Outer(one=Inner(default="y"))
        schema = server.requests[0]["response_format"]["json_schema"]["schema"]
        assert schema["required"] == ["one", "many", "maybe"]
        assert schema["$defs"]["Inner"] == {
            "type": "object",
            "properties": {"default": {"type": "string"}},
            "required": ["default"],
            "additionalProperties": False,
        }
        assert schema["properties"]["maybe"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
