"""How the lines of a log channel are worded."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.guilds import Change
from bot.core.jobs import Job, State, say_member
from bot.core.logbook import Ended, Line
from bot.core.pricing import exact_dollars
from bot.discord_ui import words

MESSAGE = 2000
"""Characters; Discord's limit."""

LINE = 500
"""Characters of one line; a longer one is cut."""

PROMPT_SHOWN = 80

SECRET = frozenset({"setting words"})
"""What is changed without saying to what: the channel may be read by those it is kept from."""


def fit(lines: Sequence[Line]) -> tuple[str, int]:
    """As many lines as a message holds, at least one, and how many those are."""
    text, held = "", 0
    for line in map(worded, lines):
        longer = f"{text}\n{line}" if text else line
        if held and len(longer) > MESSAGE:
            break
        text, held = longer, held + 1
    return text, held


def worded(line: Line) -> str:
    """One line for people."""
    match line:
        case Ended():
            return _ended(line)
        case Change():
            return _changed(line)
        case str():
            return line


def _ended(ended: Ended) -> str:
    job = ended.job
    parts = [f"<@{job.place.member_id}>", words.specs(job.request)]
    if job.cost is not None:
        parts.append(exact_dollars(job.cost))
    parts.append(outcome(job))
    if ended.seen_at is not None:
        parts.append(f"[go to it]({words.link(ended.seen_at)})")
    if ended.public:
        parts.append(f"||{words.quote(job.request.prompt, PROMPT_SHOWN).removeprefix('> ')}||")
    return " · ".join(parts)


def outcome(job: Job) -> str:
    """What came of a request."""
    match job.state:
        case State.DRAWN | State.DELIVERED:
            return "drawn"
        case State.KEPT:
            return "drawn, could not be posted"
        case State.UNKNOWN:
            return "no answer from the image service; not charged"
        case State.CANCELLED:
            by = job.cancelled_by
            if by is None or by == job.place.member_id:
                return "cancelled"
            return f"cancelled by {say_member(by)}"
        case State.QUEUED | State.RUNNING:
            return "not finished"
        case State.FAILED:
            return f"failed ({(job.failure or 'error').replace('_', ' ')}); not charged"


def _changed(change: Change) -> str:
    said = f"{say_member(change.actor_id)} changed **{change.what}**"
    if change.what in SECRET:
        return said
    before, after = (text or "nothing" for text in (change.before, change.after))
    text = f"{said}: {before} → {after}"
    return text if len(text) <= LINE else f"{text[: LINE - 1]}…"
