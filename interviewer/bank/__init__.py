"""The bank: what may be asked (YAML files to items), and the guide of one interview (pure)."""

from interviewer.bank.check import Fault, uncovered
from interviewer.bank.craft import faults_of_craft
from interviewer.bank.guide import Wish, draw_guide
from interviewer.bank.read import PackRead, read_items, read_packs, sound_packs
from interviewer.bank.skeleton import new_item, new_note

__all__ = [
    "Fault",
    "PackRead",
    "Wish",
    "draw_guide",
    "faults_of_craft",
    "new_item",
    "new_note",
    "read_items",
    "read_packs",
    "sound_packs",
    "uncovered",
]
