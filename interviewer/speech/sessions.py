"""Networks on onnxruntime, set up for a machine that others use too."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime


def session(weights: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """A network loaded from its file; any thread may run it.

    Its threads sleep while they wait: on two busy cores, spinning ones made each step two to three times slower.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def trim() -> None:
    """Give memory that was freed back to the system, which glibc keeps otherwise: 100 MB after a minute was heard."""
    if sys.platform == "linux" and (give_back := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        give_back(0)
