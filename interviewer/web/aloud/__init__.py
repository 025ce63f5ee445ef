"""Speaking and listening in the page: one WebSocket for each, and what they share."""

from interviewer.web.aloud.route import add_speech
from interviewer.web.aloud.shared import Speech

__all__ = ["Speech", "add_speech"]
