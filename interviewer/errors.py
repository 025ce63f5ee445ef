"""Errors, by whose fault they are. Each message is a sentence with place, value and remedy.

InterviewerError
├── AuthorError      a corpus or prompt file is wrong      (mend the file)
├── DeveloperError   a call inside the program is wrong    (mend the code)
├── SetupError       the installation or settings are off  (mend the machine)
├── ModelError       a model server failed or misbehaved   (the interview goes on without it)
│   ├── ModelUnreachable   no answer: refused, timed out, cut off, still 429 or 5xx after retries
│   ├── ModelRefused       it answered that it will not: 400, 401, 403, 404
│   ├── ModelReplyBroken   it answered, and the reply does not fit what was asked
│   └── BudgetSpent        the cap on tokens is reached; nothing was sent
└── CandidateError   what the candidate sent can't be taken
    ├── Stale              an answer to a question that is no longer open
    ├── NotYours           an interview that is not there, or belongs to somebody else
    └── FileError          a file handed to the command line can't be used
"""

from __future__ import annotations


class InterviewerError(Exception):
    """The root: everything that this package raises on purpose."""


class AuthorError(InterviewerError):
    """A corpus or prompt file is wrong."""


class DeveloperError(InterviewerError):
    """A call inside the program is wrong."""


class SetupError(InterviewerError):
    """The installation or the settings are off."""


class ModelError(InterviewerError):
    """A model server failed or misbehaved."""


class ModelUnreachable(ModelError):
    """No answer came: refused, timed out, cut off, or still busy after the retries."""


class ModelRefused(ModelError):
    """The server answered that it will not (400, 401, 403, 404)."""


class ModelReplyBroken(ModelError):
    """The reply does not fit what was asked for."""


class BudgetSpent(ModelError):
    """The cap on tokens is reached; nothing was sent."""


class CandidateError(InterviewerError):
    """What the candidate sent can't be taken."""


class Stale(CandidateError):
    """An answer to a question that is no longer open."""


class NotYours(CandidateError):
    """An interview that is not there, or that belongs to somebody else."""


class FileError(CandidateError):
    """A file handed to the command line can't be used."""
