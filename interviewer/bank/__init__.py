"""The bank: what may be asked (YAML files to items), and the guide of one interview (pure)."""

from interviewer.bank.check import Fault, uncovered
from interviewer.bank.guide import Wish, draw_guide
from interviewer.bank.read import PackRead, read_items, read_packs, sound_packs

__all__ = ["Fault", "PackRead", "Wish", "draw_guide", "read_items", "read_packs", "sound_packs", "uncovered"]
