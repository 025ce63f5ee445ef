"""The interview: its state, the interviewer's moves and words, and the one door for page, terminal and evals."""

from interviewer.interview.assemble import assemble, open_library, rater_of
from interviewer.interview.choosing import chosen_pack
from interviewer.interview.door import Door
from interviewer.interview.measuring import as_line, rate_all, read_answered
from interviewer.interview.record import everything_kept, interview_record, rating_line
from interviewer.interview.sitting import TERMINAL, read_answers, sit_in_terminal, sit_unattended, typed_lines
from interviewer.interview.state import Disputed, Kind, Rated, Started, State, Style, fold
from interviewer.interview.turns import LOST_S, Asked, Remark, Spoken
from interviewer.interview.unsure import Match, matched, unsure_in
from interviewer.interview.words import reads_as_question
from interviewer.interview.writing import MOST_CHARACTERS

__all__ = [
    "LOST_S",
    "MOST_CHARACTERS",
    "TERMINAL",
    "Asked",
    "Disputed",
    "Door",
    "Kind",
    "Match",
    "Rated",
    "Remark",
    "Spoken",
    "Started",
    "State",
    "Style",
    "as_line",
    "assemble",
    "chosen_pack",
    "everything_kept",
    "fold",
    "interview_record",
    "matched",
    "open_library",
    "rate_all",
    "rater_of",
    "rating_line",
    "read_answered",
    "read_answers",
    "reads_as_question",
    "sit_in_terminal",
    "sit_unattended",
    "typed_lines",
    "unsure_in",
]
