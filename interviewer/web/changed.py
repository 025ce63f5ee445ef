"""Gradio's blocks, sparing: an update costs what it changes, not what the page has."""

from __future__ import annotations

import copy
import sys
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import gradio as gr
from gradio.blocks import Block

_LOOKS = {"__type__", "visible", "interactive", "active"}  # what an update may change without a word to the session
_POLL_S = 0.005

if find_spec("matplotlib") is None:
    # Gradio tries to import it twice for every update; a name that is known to be missing is not looked for on the disk again.
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]


class ChangedOnly(gr.Blocks):
    """Blocks that touch only the components that an update names.

    Gradio builds every output of a handler anew for every update, changed or not, to keep it in the session: with this page's
    fifty outputs that is over 10 ms of processor time for each piece of a streamed reply. Of our components only those that
    handlers read are kept there.
    """

    def queue(self, *told: Any, **named: Any) -> Any:
        """As Gradio's, but it looks for new events less often than every millisecond, which took 7 % of a core while nobody was there."""
        queued = super().queue(*told, **named)
        self._queue.sleep_when_free = _POLL_S
        return queued

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """The updates as they are sent, in the order of the handler's outputs."""
        if not isinstance(predictions, dict) or not all(isinstance(key, Block) for key in predictions):
            return await super().postprocess_data(block_fn, predictions, state)
        sent = {block: _sent(block, update) for block, update in predictions.items() if self._is_unread(block, update)}
        if read := {block: update for block, update in predictions.items() if block not in sent}:
            named = copy.copy(block_fn)
            named.outputs = [block for block in block_fn.outputs if block in read]
            sent |= zip(named.outputs, await super().postprocess_data(named, read, state), strict=True)
        return [sent[block] if block in sent else gr.skip() for block in block_fn.outputs]

    def _is_unread(self, block: Block, update: Any) -> bool:
        """Whether nothing will ever ask the session for what the update changes."""
        return block not in self._read or (isinstance(update, dict) and update.keys() <= _LOOKS)

    @cached_property
    def _read(self) -> frozenset[Block]:
        """The components whose values handlers are given."""
        return frozenset(block for fn in self.fns.values() for block in fn.inputs)


def _sent(block: Any, update: Any) -> dict[str, Any]:
    """An update as it is sent. Our values are words alone, so there are no files in them to look after."""
    changed = update if isinstance(update, dict) else {"__type__": "update", "value": update}
    if "value" not in changed:
        return changed
    value = block.postprocess(changed["value"])
    return changed | {"value": value.model_dump() if hasattr(value, "model_dump") else value}
