"""How the end of a text reads: broken off, whole, or like the last sentence of an answer.

Texts come as recognisers give them: in lower case without marks, or with a full stop wherever somebody paused. Texts are given in lower
case with plain apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

FEW = 4  # words below which nothing was answered yet
WHOLE = 12  # words from which on an answer can be summed up
BRIEF = 10  # words below which a whole sentence is hardly a whole answer
LOST = 60  # words after an entry of a list from which on the rest of the list is not waited for

_WORD = re.compile(r"[^\W_]+(?:['.,][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of a text, "don't" and "3.5" being one each."""
    return _WORD.findall(text)


def last_sentence(text: str) -> str:
    """What stands after the last sentence mark that has a word after it."""
    return re.split(r"(?<=[.!?\u2026])\s+(?=\S)", text.strip())[-1]


def wordset(text: str) -> frozenset[str]:
    """The words of a text that holds nothing but words and white space."""
    return frozenset(text.split())


# --------------------------------------------------------------------------- broken off

_BEFORE_A_NOUN = wordset("""a an the my our your their its every no and or but nor plus because if whether although whereas unless while
    until i we they he she who i'm we're they're you're i'd we'd they'd you'd i'll we'll they'll i've we've they've it's that's
    there's he's she's what's here's let's who's very quite just even really pretty especially particularly mainly mostly basically
    probably maybe perhaps um uh er erm hmm mm hm ah eh uhm which whose whom such so well also then""")
_PREPOSITIONS = wordset("""of with from into onto for to at by than as per via between among against during toward towards about like in
    on upon within across regarding including despite without under""")
_AUXILIARIES = wordset("""is are was were be am being will would can could shall should may might must has have had do does did gets
    getting isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't don't doesn't didn't cannot""")
_QUESTION_WORDS = wordset("what who which where how why when whom whose")
_TELLS = wordset("know me us them tell tells say see understand explain wonder ask")
_COMPARING = wordset("than like as")
_JOINTS = wordset("and or but because if when while that so then whether since unless until although as after before where which what")
_STANDING = {  # what such a word may end a sentence with after
    "so": wordset("do did think say hope or even not said"),
    "then": wordset("by back until since till"),
    "well": wordset("as very worked works went quite pretty really that it so well do did this"),
    "for": wordset("asked hoping waited waiting paid"),
    "to": wordset("listened talked spoken"),
    "about": wordset("care cared cares complained"),
    "in": wordset("come came coming log logged phase phased sign signed opt opted built plug plugs plugged check step joined"),
    "on": wordset("so later early go went gone going move moved now then back carry carried hold switch switched turn turned"),
    "like": wordset("look looks looked feel feels felt sound sounds sounded"),
    "with": wordset("agreed dealt"),
    "under": wordset("came went"),
    "do": wordset("can could we to will would they i"),
    "really": wordset("not no it that them this"),
    "no": wordset("said or is was say says"),
}  # fmt: skip
_THINKS = wordset("""think thought say said believe know knew means meant mean shows showed so such is was found feel guess decided assume
    see saw sure told ensure say hope realised realized noticed but and or because if except given""")
_POINTING = wordset("it you this that there these those people one someone everybody everyone somebody")
_OPENERS = re.compile(
    r"\b(?:for (?:example|instance)|first of all|in (?:terms|case|order|other words|addition)|such as|let's say|(?:kind|sort|type) of"
    r"|(?:that|having) said|on the (?:one|other) hand|due|according|able|depend\w*"
    r"|(?:based|focus\w*|rely|relies|depend\w*|work\w*) on|how (?:do )?you say|number (?:one|two|three|four|five|\d)|step \w+"
    r"|the (?:first|second|third|fourth|next|last|other|main|one)(?: (?:one|thing|step|reason|problem|part|point|question|is|was))+"
    r"|(?:the|my|one|main|only|big|biggest|real|second|first|third) (?:thing|point|problem|question|reason|idea|issue|key|trick|goal"
    r"|answer|challenge|result|metric|risk|segment|difference|part|other one|lesson)s?(?: here| i \w+)? (?:is|was|are|were|would be)"
    r"|(?:it|this|that|which|there|here|what|they|we|i|he|she)'?(?:s| is| was| were| are) (?:basically|actually|like|kind of|more|not)"
    r"|firstly|secondly|thirdly|lastly|finally|meanwhile|however|therefore"
    r"|i would|i'd|we would|i want|we want|i wanted|we wanted|i need|we need)$"
)
_TAGS = re.compile(  # opens a sentence, or hangs at the end of one: "about a third, I'd say"
    r"(?P<before>\S*) ?\b(?:i (?:think|guess|believe|mean|said)|as i said|you know|to be honest|in my (?:opinion|experience|view|case)"
    r"|(?:i would|i'd|i'll) (?:say|argue))$"
)
_DISCOURSE = wordset("okay ok right well yeah yes no now alright sure exactly so first second third hello hi then")
_ANNOUNCES = re.compile(
    r"\b(?:i(?:'ve| have) (?:a|one|two|some) questions?(?: first)?|before i (?:answer|start)"
    r"|let me (?:give|explain|tell|show|walk|start|take|put)(?: \w+){0,5})$"
)
_LEADING = re.compile(
    r"(?:^|[.!?,;:]\s*|\b(?:and|but|so|then|or|because|that|now|well|also|say) )"
    r"(?:even if|as soon as|if|when|whenever|although|assuming|suppose)\b(?P<rest>(?:(?![.!?]\s).)*)$"
)
_SUBJECTS = wordset(
    "i we you they he she it that this there i'd i'll i'm i've we'd we'll we're we've it's that's they're you'd you'll nobody"
)


def left_open(said: str) -> bool:
    """Whether a text breaks off: in a clause, in a list that was announced, at an opener, after a word that wants another."""
    spoken, last = words(said), last_sentence(said)
    if len(spoken) < FEW:
        return not _is_answer(said)
    if said.rstrip()[-1] in ",;:-\u2013\u2014\u2026" or said.rstrip().endswith("..."):
        return True
    end = " ".join(words(last))
    if _OPENERS.search(end) or _ANNOUNCES.search(end):
        return True
    tag = _TAGS.search(end)
    if tag and (not tag["before"] or tag["before"] in _JOINTS | _BEFORE_A_NOUN):
        return True
    return _wants_another(words(last)) or _clause_open(last) or _list_open(said)


def _is_answer(said: str) -> bool:
    """Whether a text of so few words can be all there is to say."""
    return bool(re.fullmatch(r"\W*(?:no|yes|sorry|honestly|i)?\W*(?:i (?:don't|do not) know|no idea)\W*", said))


def _wants_another(spoken: Sequence[str]) -> bool:
    """Whether the last word of a sentence wants another one after it."""
    end, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    if before in _STANDING.get(end, ()):
        return False
    if end in _DISCOURSE and len(spoken) <= 2:
        return True
    if end in _BEFORE_A_NOUN or (end in _QUESTION_WORDS and before not in _TELLS):
        return True
    if end in _PREPOSITIONS or end in _AUXILIARIES:
        return not _stranded(spoken)
    return (end in _POINTING and before in _JOINTS) or (end == "that" and before in _THINKS)


def _stranded(spoken: Sequence[str]) -> bool:
    """Whether a question word or a comparison shortly before takes the last word up: "what it is for", "like a person does"."""
    first = max(0, len(spoken) - 8)
    place = max((i for i in range(first, len(spoken) - 2) if spoken[i] in _QUESTION_WORDS | _COMPARING), default=None)
    if place is None:
        return False
    begins = place == 0 or spoken[place - 1] in ("so", "and", "but", "is")  # "so what I did was" wants its other half
    return not (begins and spoken[-1] in ("is", "was", "are", "were"))


def _clause_open(last: str) -> bool:
    """Whether the sentence begins with "if" or "when" and its main clause has not come."""
    found = _LEADING.search(last)
    if found is None:
        return False
    before, comma, after = found["rest"].partition(",")
    if (comma and len(words(after)) >= 2) or len(words(before)) > 12:
        return False
    told = words(found["rest"])
    subjects = [i for i, w in enumerate(told) if w in _SUBJECTS]
    verbs = [i for i, w in enumerate(told) if w in _AUXILIARIES or (w.endswith("ed") and told[i - 1] not in _AUXILIARIES)]
    return len([i for i in subjects if 1 < i < len(told) - 1]) == 0 and "then" not in told and len(verbs) < 2


_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}
_ANNOUNCED = re.compile(
    r"(?<!those )(?<!these )(?<!the )(?<!all )(?<!both )(?<!my )(?<!of )\b(?P<count>two|three|four|five|six|[2-6]|couple of|few|several) "
    r"(?:[\w-]+ ){0,2}?(?:things|reasons|steps|parts|problems|metrics|options|risks|questions|ways|phases|aspects|areas|groups"
    r"|levers|pieces|kinds|types|signals|numbers|buckets|issues|factors|criteria|scenarios|ideas|dimensions|stages|goals|segments)\b"
    r"|\b(?P<bare>firstly|first of all|number one|step one|(?:^|(?<=[.!?] ))first,? (?=i|we|you))\b"
)
_ENTRY = (
    (5, r"fifth(?:ly)?|(?:number|step) (?:five|5)"),
    (4, r"fourth(?:ly)?|(?:number|step) (?:four|4)"),
    (3, r"third(?:ly)?|(?:number|step) (?:three|3)"),
    (2, r"second(?:ly)?|(?:number|step) (?:two|2)|(?:the|an)? ?other(?: one| is)|another(?: one| is)?|then i|then we"),
    (1, r"first(?:ly)?|(?:number|step) (?:one|1)|one is|one of them"),
)
_ENTRIES = tuple((count, re.compile(rf"\b(?:{pattern})\b")) for count, pattern in _ENTRY)
_LAST_ENTRY = re.compile(r"\b(?:last(?:ly)?|finally|final)\b")


def _list_open(said: str) -> bool:
    """Whether a list that was announced lacks entries: fewer were named than were promised, and not long ago."""
    found = next(reversed(list(_ANNOUNCED.finditer(said[-2500:]))), None)
    if found is None:
        return False
    after = said[-2500:][found.end() if found["count"] else found.start() :]
    promised = _COUNTS.get(found["count"] or "", 2)
    if _LAST_ENTRY.search(after):
        return False
    told = next(((count, list(entry.finditer(after))[-1].end()) for count, entry in _ENTRIES if entry.search(after)), None)
    if told is None:
        since = words(after)
        return len(since) < 2 * promised + 2 and not {"and", "or"} & set(since[promised - 1 :])
    return told[0] < promised and len(words(after[told[1] :])) < LOST


# --------------------------------------------------------------------------- whole

_CLOSINGS = re.compile(
    r"\b(?:(?:so |and )?that(?:'s| is| was|'d be| would be) (?:how|what|why|where|when) (?:i|we)\b"
    r"|in the end,? (?:we|i|it|they|she|he|that)\b|at the end of the day|(?:to|in) (?:sum|summary|short|conclusion)\b|to summari[sz]e"
    r"|so yeah\b|and so on|and so forth|et cetera|etc\b|(?:and|or) (?:things|stuff|something) like that"
    r"|looking back|(?:what|the lesson) (?:i|we) (?:learned|learnt|took)|(?:i|we)(?:'d| would) do (?:it|that|this) (?:again|differently)"
    r"|i hope (?:that|this) (?:answers|helps|makes)|does (?:that|this) (?:answer|help|make sense)|happy to (?:go|talk|say|tell|expand)"
    r"|(?:that|this) (?:was|is) (?:basically|more or less|pretty much) (?:it|all)|thank(?:s| you)$)"
)
_TO_THE_INTERVIEWER = re.compile(
    r"\b(?:(?:can|could|may|should) i (?:ask|assume|clarify|focus|take it)|(?:can|could|would) you (?:tell|clarify|repeat|say|explain)"
    r"|do you (?:want me|mean)|are we (?:talking|assuming|looking)|what do you mean|is it (?:ok|okay|fair) if i)\b"
)
_MAY_GO_ON = wordset("""up out off down over back away around along through apart without under some any many most more less other others
    each all both several few better same first second third next now right okay ok yeah yes actually usually often only too though
    instead again today yesterday one two three four five six seven eight nine ten twenty thirty forty fifty hundred thousand million
    percent""")


def closes(said: str) -> bool:
    """Whether the last sentence is one that people end an answer with, or a question to the interviewer."""
    spoken, last = words(said), " ".join(words(said)[-18:])
    if _TO_THE_INTERVIEWER.search(last) and len(spoken) <= 40:
        return True
    return len(spoken) >= WHOLE and bool(_CLOSINGS.search(last))


def may_go_on(said: str) -> bool:
    """Whether a text that reads whole may as well go on: it is short, or its last word often has another one after it."""
    spoken = words(said)
    if len(spoken) < BRIEF or len(words(last_sentence(said))) <= 2:
        return True
    tag = _TAGS.search(" ".join(spoken[-6:]))
    return spoken[-1] in _MAY_GO_ON or spoken[-1].isdigit() or spoken[-1] in _PREPOSITIONS or spoken[-1] in _AUXILIARIES or bool(tag)
