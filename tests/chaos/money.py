"""The books: what was charged, what may have been paid, and what the service billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.core.jobs import State
from bot.core.retry import AfterCrash
from tests.chaos.evidence import Evidence, Request
from tests.chaos.findings import Finding
from tests.conformance import proofs

SURVIVED_S = 8.0
"""A process that lives on for so long after an answer has kept its pictures."""

KEPT = (State.DELIVERED, State.KEPT)


def paid_once(evidence: Evidence) -> Iterator[Finding]:
    """No request is paid more than once."""
    repeats = evidence.wishes.after_crash is AfterCrash.REPEAT
    for prompt, requests in families(evidence).items():
        paid = [call for call in evidence.calls_of(prompt) if call.billed]
        lost = [each for each in requests if "unknown" in each.ledger]
        allowed = len(requests) + (len(lost) if repeats else 0)
        if len(paid) > allowed:
            yield Finding(f"{len(paid)} paid calls for {len(requests)} requests", requests[0].id)
    asked = {request.prompt for request in evidence.requests.values()}
    for call in evidence.calls:
        if call.prompt not in asked:
            yield Finding(f"the service was asked for {call.prompt!r}, which is no request")


def bills_match(evidence: Evidence) -> Iterator[Finding]:
    """Each charge is a bill to the micro-dollar, and what else was billed is listed as unknown."""
    for prompt, requests in families(evidence).items():
        bills = sorted(call.billed for call in evidence.calls_of(prompt) if call.billed)
        left = list(bills)
        for request in requests:
            if request.charge is not None:
                bill = next((each for each in left if _is_price(request, each)), None)
                if bill is None:
                    yield Finding(f"{request.charge} were charged, billed {bills}", request.id)
                else:
                    left.remove(bill)
        doubts = sorted(each.ledger["unknown"] for each in requests if "unknown" in each.ledger)
        if sum(left) > sum(doubts):
            yield Finding(f"{left} more were billed, unknown are {doubts}", requests[-1].id)


def sums_match(evidence: Evidence) -> Iterator[Finding]:
    """Charged and lost <= billed <= charged, lost and unknown, in all."""
    charged, doubtful = total(evidence, "charge"), total(evidence, "unknown")
    lost = lost_in_crashes(evidence)
    if not charged + lost <= evidence.billed <= charged + lost + doubtful:
        yield Finding(
            f"billed {evidence.billed}, charged {charged}, lost {lost}, unknown {doubtful}"
        )


def books_match(evidence: Evidence) -> Iterator[Finding]:
    """Counters are the ledger, nothing is reserved, lanes are free, outcomes are there."""
    for proof in (
        proofs.check_lanes,
        proofs.check_counters,
        proofs.check_reservations,
        proofs.check_outcomes,
    ):
        try:
            proof(evidence.bench)
        except AssertionError as wrong:
            said = str(wrong).splitlines()
            yield Finding(f"{proof.__name__}: {said[0] if said else proof.__doc__}")


def within_limits(evidence: Evidence) -> Iterator[Finding]:
    """No limit of a server was overshot."""
    over = evidence.bench.look(
        "SELECT * FROM quota_rule JOIN quota_counter USING (guild_id, period) WHERE account = "
        "CASE subject WHEN 'server' THEN 'server' ELSE 'member' END AND (used_pictures + "
        "reserved_pictures > pictures OR used_micro + reserved_micro > micro)"
    )
    for row in over:
        yield Finding(f"over its limit: {row}")


def answered_is_kept(evidence: Evidence) -> Iterator[Finding]:
    """What was drawn and arrived was posted, or is kept."""
    for life in evidence.lives:
        for job in sorted(life.answered & evidence.requests.keys()):
            if evidence.requests[job].charge is None:
                sentence = f"its pictures were on the disk when life {life.number} ended"
                yield Finding(f"{sentence}, and were not used", job)
    for prompt, requests in families(evidence).items():
        arrived = [
            call
            for call in evidence.calls_of(prompt)
            if call.outcome in {"answered", "streamed"} and _survived(evidence, call.ended or 0)
        ]
        charged = [each for each in requests if each.charge is not None]
        if len(arrived) > len(charged):
            sentence = f"{len(arrived)} answers reached a process that lived on"
            yield Finding(f"{sentence}, {len(charged)} were used", requests[-1].id)


def families(evidence: Evidence) -> dict[str, list[Request]]:
    """Requests by their words: those that repeat another one have the same."""
    found: defaultdict[str, list[Request]] = defaultdict(list)
    for request in evidence.requests.values():
        found[request.prompt].append(request)
    return found


def total(evidence: Evidence, kind: str) -> int:
    """Micro-dollars of all ledger rows of a kind."""
    return sum(each.ledger.get(kind, 0) for each in evidence.requests.values())


def lost_in_crashes(evidence: Evidence) -> int:
    """Micro-dollars billed for pictures of charged requests that a crash took."""
    lost = 0
    for prompt, requests in families(evidence).items():
        left = [call.billed for call in evidence.calls_of(prompt) if call.billed]
        for request in requests:
            bill = next((each for each in left if _is_price(request, each)), None)
            if request.charge is not None and bill is not None:
                left.remove(bill)
                lost += bill - request.charge
    return lost


def _is_price(request: Request, bill: int) -> bool:
    """Whether a request's charge is that bill, less the share of pictures that a crash took."""
    kept = len(request.pictures)
    return request.charge in {bill, -(-bill * kept // request.asked_for)}


def _survived(evidence: Evidence, moment: float) -> bool:
    return any(
        life.lived_at(moment) and life.lived_at(moment + SURVIVED_S) for life in evidence.lives
    )
