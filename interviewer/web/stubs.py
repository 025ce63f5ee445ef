"""Keeps Gradio from writing type stubs for editors while it is imported.

For each of its 80 components Gradio parses the source and compares, and may rewrite, a stub beside it in site-packages: a third of
the time that its import takes, every time. A program that only runs has no use for them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_MODULE, _WRITER = "gradio.component_meta", "create_or_modify_pyi"


class _WithoutStubs(SourceFileLoader):
    """Loads the module with the function in it that does nothing."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, _WRITER):
            setattr(module, _WRITER, lambda *_: None)


class NoStubs(MetaPathFinder):
    """Finds that one module; everything else is found as usual."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module's spec with our loader, None for any other module."""
        found = PathFinder.find_spec(fullname, path, target) if fullname == _MODULE else None
        if found is not None and found.origin is not None and isinstance(found.loader, SourceFileLoader):
            found.loader = _WithoutStubs(fullname, found.origin)
        return found


def write_no_stubs() -> None:
    """From now on; of no effect where Gradio is imported already."""
    if not any(isinstance(finder, NoStubs) for finder in sys.meta_path):
        sys.meta_path.insert(0, NoStubs())
