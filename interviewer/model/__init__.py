"""The one seam to language models: words out as a stream, or as a checked value; counted, capped and under a deadline."""

from interviewer.model.asking import Ask, Shape
from interviewer.model.budget import Ledger, Reply
from interviewer.model.call import Sends
from interviewer.model.models import Models, connect
from interviewer.model.place import Fault, Place, Role

__all__ = ["Ask", "Fault", "Ledger", "Models", "Place", "Reply", "Role", "Sends", "Shape", "connect"]
