"""Feedback: what a scorecard tells the candidate, as values, Markdown and JSON.

It is composed in plain code; a model, where one is connected, may word two of its passages.
"""

from interviewer.feedback.compose import compose, compose_item
from interviewer.feedback.escape import as_typed, quoted
from interviewer.feedback.markdown import answers_to_markdown, ratings_to_markdown, summary_to_markdown, to_json, to_markdown
from interviewer.feedback.values import Feedback, HeardAt, ItemFeedback, ItemHeard, Quote, Recorded, SaidAt, Written
from interviewer.feedback.write import write

__all__ = [
    "Feedback",
    "HeardAt",
    "ItemFeedback",
    "ItemHeard",
    "Quote",
    "Recorded",
    "SaidAt",
    "Written",
    "answers_to_markdown",
    "as_typed",
    "compose",
    "compose_item",
    "quoted",
    "ratings_to_markdown",
    "summary_to_markdown",
    "to_json",
    "to_markdown",
    "write",
]
