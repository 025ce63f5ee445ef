"""The suites, in the order in which they run."""

from evals.suites import broken, changed, heard, interviews, ratings, retrieval, sent
from evals.suites.kinds import Job, Scorer, Suite

SUITES: tuple[Suite, ...] = (
    ratings.SUITE,
    sent.SUITE,
    changed.SUITE,
    heard.SUITE,
    broken.SUITE,
    interviews.SUITE,
    retrieval.SUITE,
)

__all__ = ["SUITES", "Job", "Scorer", "Suite"]
