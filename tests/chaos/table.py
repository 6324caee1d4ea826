"""What came of it, for a person: figures, then each invariant, then what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

from bot.core.jobs import State
from tests.chaos import leftovers, money, outcomes
from tests.chaos.evidence import Evidence
from tests.chaos.findings import Check, Finding
from tests.chaos.story import story

CHECKS: Sequence[Check] = (
    outcomes.one_outcome,
    outcomes.right_pictures,
    outcomes.nothing_unheard,
    money.paid_once,
    money.bills_match,
    money.sums_match,
    money.books_match,
    money.within_limits,
    money.answered_is_kept,
    leftovers.all_ended,
    leftovers.files_named,
    leftovers.log_clean,
    leftovers.ends_well,
    leftovers.rules_kept,
)

MOST_TOLD = 8
"""Stories that are told for one invariant; there may be more findings."""

Verdict = list[tuple[Check, list[Finding]]]


def judge(evidence: Evidence) -> Verdict:
    """Each invariant with what breaks it; the rows are closed after that."""
    with closing(evidence.bench):
        return [(check, list(check(evidence))) for check in CHECKS]


def holds(verdict: Verdict) -> bool:
    """Whether nothing breaks any."""
    return not any(found for _, found in verdict)


def table(evidence: Evidence, verdict: Verdict) -> str:
    """All of it as text."""
    return "\n".join(
        [*_figures(evidence), "", *_invariants(verdict), "", *_stories(evidence, verdict)]
    )


def _figures(evidence: Evidence) -> Iterator[str]:
    states = Counter(request.state for request in evidence.requests.values())
    ends = Counter(life.end for life in evidence.lives)
    yield f"chaos for {evidence.wishes.seconds:g} s, seed {evidence.wishes.seed}"
    yield ""
    yield _row("asked", sum(bool(act.id) for act in evidence.acts))
    yield _row("accepted", len(evidence.requests))
    for state in State:
        if states[state]:
            yield _row(f"  {state}", states[state])
    for name, count in _without_request(evidence).items():
        yield _row(name, count)
    yield _row("processes", len(evidence.lives))
    for end, count in ends.most_common():
        yield _row(f"  ended: {end}", count)
    yield _row("calls", len(evidence.calls))
    yield _row("  paid", sum(bool(call.billed) for call in evidence.calls))
    yield _row("billed, micro-dollars", evidence.billed)
    yield _row("  charged", money.total(evidence, "charge"))
    yield _row("  lost in crashes", money.lost_in_crashes(evidence))
    yield _row("  possible (unknown)", money.total(evidence, "unknown"))
    yield _row("files for a sweep", len(evidence.strays))
    yield _row("tracebacks seen to", leftovers.made_here(evidence))
    yield _row("cards out of date", _stale_cards(evidence))
    yield ""
    yield "Discord's trouble: " + _listed(evidence.troubles)
    yield "The service's moods: " + _listed(Counter(call.mood for call in evidence.calls))


def _without_request(evidence: Evidence) -> Counter[str]:
    """What became of acts that asked for something and were not accepted."""
    accepted = {request.asked for request in evidence.requests.values()}
    answered = {entry.interaction_id for entry in evidence.transcript if entry.kind == "ack"}
    found: Counter[str] = Counter()
    for act in evidence.acts:
        if (
            act.id
            and act.id not in accepted
            and act.what not in {"cancel", "delete", "cancel listed"}
        ):
            found["refused or told why" if act.id in answered else "never answered"] += 1
    return found


def _stale_cards(evidence: Evidence) -> int:
    return sum(
        sight.now.text.startswith(outcomes.WAITING) and not sight.now.deleted
        for sight in evidence.sights
    )


def _invariants(verdict: Verdict) -> Iterator[str]:
    for check, found in verdict:
        name = (check.__doc__ or "").splitlines()[0].rstrip(".")
        yield f"{'ok  ' if not found else 'FAIL'} {name}" + (f" ({len(found)})" if found else "")


def _stories(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    told: set[int] = set()
    for check, found in verdict:
        for finding in found[:MOST_TOLD]:
            where = f"job {finding.job}: " if finding.job else ""
            yield f"{check.__name__}: {where}{finding.sentence}"
            if finding.job and finding.job not in told:
                told.add(finding.job)
                yield from (f"    {line}" for line in story(evidence, finding.job))
        if len(found) > MOST_TOLD:
            yield f"{check.__name__}: and {len(found) - MOST_TOLD} more"


def _row(name: str, value: int) -> str:
    return f"{name:<24}{value:>12,}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"
