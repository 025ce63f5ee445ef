"""The controls of speaking, as HTML that the page's script brings to life; without the script or a microphone, everything is typed."""

from __future__ import annotations

import html
import json

from interviewer.web.aloud.checking import SENTENCES

_WAYS = (
    ("type", "Type"),
    ("push", "Speak, and press a button when done"),
    ("free", "Speak hands-free: the interview notices when you have finished"),
)
_METER = '<meter class="mic-level" min="0" max="1" low="0.05" high="0.95" optimum="0.4" value="0" aria-label="Microphone level"></meter>'
_KEEP = "Keep my recordings with the interview, on this server, until I delete them"


def start_html() -> str:
    """How the candidate wants to answer, and the microphone check."""
    ways = "".join(f'<label><input type="radio" name="speech-mode" value="{way}"> {html.escape(says)}</label>' for way, says in _WAYS)
    sentences = html.escape(json.dumps(SENTENCES))
    return (
        f'<fieldset id="speech-ways"><legend>How do you want to answer?</legend>{ways}'
        f'<label class="keep"><input type="checkbox" class="keep-audio"> {_KEEP}</label></fieldset>'
        f'<div id="mic-check" data-sentences="{sentences}">'
        '<button type="button" id="check-button">Check my microphone</button> <span id="check-device"></span>'
        '<label><span class="unseen">Microphone</span><select id="mic-devices" hidden></select></label>'
        f"{_METER}"
        '<p id="check-result" role="status" aria-live="polite"></p></div>'
    )


def talk_html() -> str:
    """Speaking an answer: the button, the level, what is heard, and whether the interviewer speaks and recordings are kept."""
    return (
        '<div id="speech" data-mode="type"><div class="controls">'
        '<button type="button" id="speak" aria-pressed="false">Speak</button>'
        f"{_METER}"
        '<button type="button" id="voice-on" aria-pressed="true">Voice: on</button></div>'
        '<p id="speech-status" role="status" aria-live="polite"></p>'
        '<p id="hearing" aria-label="What is heard so far"></p>'
        f'<label class="keep"><input type="checkbox" class="keep-audio"> {_KEEP}</label></div>'
    )
