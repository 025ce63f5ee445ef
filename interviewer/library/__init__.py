"""Items and notes in a Chroma index: what comes nearest in meaning to a focus, a criterion or a search."""

from interviewer.library.library import Hit, Library

__all__ = ["Hit", "Library"]
