"""The one seam to language models: words out as a stream, or as a checked value; counted, capped and under a deadline."""

from interviewer.model.budget import Ledger
from interviewer.model.models import Models, connect
from interviewer.model.place import Role

__all__ = ["Ledger", "Models", "Role", "connect"]
