"""What a host's store of shared quotas has to do, without saying how.

Theory of operation
-------------------
Contacts live in parallel, so what they share, a staff member's day or a campaign's
budget, is counted in one place that the host provides. A *use* is one claim of one
touch; its instant is the `now` of the call that reserved it, and stays so for good.

1. **Atomic.** Calls on one store have one order. A call takes all the claims of its
   touch or none, and a store that fails in the middle has taken none.
2. **The test.** A claim fits if the costs of the standing uses of its quota and subject
   with an instant at or after `since`, plus its own cost, do not exceed `limit`. Uses
   *later* than the present count as well: a host with a fast clock made them.
3. **No window overflows** (Q4), however wrong the clocks. Take any window W and, of its
   uses, the one that was reserved last in the order of 1, at the instant t. Its claim
   said `since` <= start of W: a calendar window that holds t is W itself, and a rolling
   one that holds t ends no earlier than t, hence begins no earlier than `since`. So the
   test of 2 saw every other use of W, and let this one in: W is within the limit.
   A claim made a while before the call begins earlier, and is only stricter. The later
   fates of uses take away, but for 6.
4. **States.** A touch is reserved, committed, released or expired. Reserved and
   committed stand. `commit` and `release` say what is known, and the last word counts.
5. **Expiry.** Every call first expires all reservations with `expires_at <= now`, of
   whatever subject. A host that died keeps no place. `expire` goes on telling the key
   until `commit` or `release` settles it: who dies after hearing it has lost nothing.
6. **Late truth counts.** A touch that is committed after its place was given back did
   go out. It counts again at its old instant, and the answer is `late`: the window may
   be over its limit by that much, visibly, and lets nothing in until there is room. So
   `expires_at` lies further off than sending takes and clocks differ.
7. **One key, one claim.** The key is the touch id. As long as it stands, reserving it
   again gives the first answer, whatever the claims of the repetition. Once it is
   released or expired it is judged anew. A refusal leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import field, frozen
from typing_extensions import override

from privflow.quotas.claim import Claim
from privflow.timing import Instant


@frozen(kw_only=True)
class Reserved:
    """All claims of a touch are taken (已预占), until `expires_at` if nobody commits.

    Args:
        key: the touch id.
        at: the instant at which the uses count.
        expires_at: when the places are given back by themselves.
    """

    key: str = field(kw_only=False)
    at: Instant
    expires_at: Instant


@frozen(kw_only=True)
class Refused:
    """Nothing is taken, since one claim does not fit (已拒绝).

    Args:
        claim: the one in the way; of several, the one that stays so the longest.
        taken: the places that count against it now.
        next_possible: the first instant at which time alone may make room for it;
            None where time alone never does.
    """

    claim: Claim = field(kw_only=False)
    taken: int
    next_possible: Instant | None

    @override
    def __str__(self) -> str:
        about = f"{self.claim.quota} of {self.claim.subject}"
        when = f"not before {self.next_possible}" if self.next_possible else "for good"
        return f"{about} is full: {self.taken} of {self.claim.limit} taken, {when}"


@frozen(kw_only=True)
class Settled:
    """What became of a touch by `commit` or `release` (已结算).

    Args:
        key: the touch id.
        outcome: `"committed"` and `"released"` say so; `"late"`: it counts again after
            its places had been given back, so a window may be over its limit;
            `"unknown"`: the store knows no such key, and nothing has changed.
    """

    key: str = field(kw_only=False)
    outcome: Literal["committed", "late", "released", "unknown"]


class QuotaStore(Protocol):
    """Counts what contacts share (共享额度库); a host keeps one where all can reach it.

    The theory of operation at the head of `privflow/quotas/store.py` is the contract;
    `privflow.testing.QuotaStoreConformance` checks it.
    """

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        """Take all claims of a touch, or none.

        Args:
            key: the touch id: the same key is the same claim.
            claims: each of another quota or subject; none at all is always reserved.
            now: the present of the host; no claim begins after it.
            expires_at: later than `now`.

        Raises:
            ProtocolError: claims or instants that cannot be right; nothing is taken.
        """
        ...

    def commit(self, key: str, *, now: Instant) -> Settled:
        """Keep the places of a touch: it went out, or may have."""
        ...

    def release(self, key: str, *, now: Instant) -> Settled:
        """Give back the places of a touch: it definitely did not go out."""
        ...

    def expire(self, *, now: Instant) -> Sequence[str]:
        """The keys that expired and that nobody has settled, in any order."""
        ...
