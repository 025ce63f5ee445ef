"""The interview: its state, the interviewer's moves and words, and the one door for page, terminal and evals."""

from interviewer.interview.assemble import assemble, open_library, rater_of
from interviewer.interview.choosing import chosen_pack
from interviewer.interview.door import MOST_CHARACTERS, Door
from interviewer.interview.measuring import as_line, rate_all, read_answered
from interviewer.interview.record import everything_kept, interview_record, rating_line
from interviewer.interview.sitting import TERMINAL, read_answers, sit_in_terminal, sit_unattended, typed_lines
from interviewer.interview.state import Asked, Disputed, Kind, Rated, Remark, Started, State, Style, fold
from interviewer.interview.words import reads_as_question

__all__ = [
    "MOST_CHARACTERS",
    "TERMINAL",
    "Asked",
    "Disputed",
    "Door",
    "Kind",
    "Rated",
    "Remark",
    "Started",
    "State",
    "Style",
    "as_line",
    "assemble",
    "chosen_pack",
    "everything_kept",
    "fold",
    "interview_record",
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
]
