"""Rating: what an answer is worth by its rubric, with the candidate's own words as evidence."""

from interviewer.rating.by_model import ModelRater
from interviewer.rating.embedded import EmbeddedRater
from interviewer.rating.evidence import Heard, checked
from interviewer.rating.likely import likely_levels
from interviewer.rating.said import said
from interviewer.rating.scorecard import scorecard

__all__ = ["EmbeddedRater", "Heard", "ModelRater", "checked", "likely_levels", "said", "scorecard"]
