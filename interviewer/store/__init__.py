"""What is kept: the events of every interview, the recordings of what was said, and the tokens that models used.

An interview is its events, numbered from 0 and only ever added to. (interview, seq) is unique, so of two
writers that read the same events only one is first; the other reads again and decides again. What `append`
has returned is on the disk.
"""

from interviewer.store.events import Event, Listed, NewEvent, Usage
from interviewer.store.store import Store

__all__ = ["Event", "Listed", "NewEvent", "Store", "Usage"]
