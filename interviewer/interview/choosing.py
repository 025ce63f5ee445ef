"""What may be chosen for an interview, checked before anything is loaded or drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.domain import Pack
from interviewer.errors import CandidateError


def chosen_pack(packs: Iterable[Pack], pack_id: str, rounds: Sequence[str] = ()) -> Pack:
    """The pack with this id and these rounds; raises CandidateError naming those there are."""
    known = {p.id: p for p in packs}
    if pack_id not in known:
        raise CandidateError(f"There is no pack {pack_id!r}; choose from {', '.join(known)}.")
    pack = known[pack_id]
    if odd := sorted(set(rounds) - {r.id for r in pack.rounds}):
        raise CandidateError(f"The pack {pack_id!r} has no round {odd[0]!r}; choose from {', '.join(r.id for r in pack.rounds)}.")
    return pack
