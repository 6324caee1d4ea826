"""What authors see: for each request that was accepted one outcome, and none twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.jobs import State
from tests.chaos.evidence import Evidence, Request
from tests.chaos.findings import Finding
from tests.chaos.seen import Sight, buttons
from tests.chaos.service import Print, alike

CANCELLED = "**Cancelled"
ON_ITS_WAY = "Here it comes"
WAITING = ("**In the queue", "**Drawing", "**Waiting for")


@dataclass
class Shown:
    """What can be seen of one request; messages that somebody deleted are counted apart.

    Attributes:
        told: What its author was told in private.
        pictures: How often each picture, by its number from 1, stands in a message.
        links: Of the pictures that stand.
    """

    pictures: Counter[int] = field(default_factory=Counter)
    deleted_pictures: Counter[int] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)
    notices: int = 0
    deleted_notices: int = 0
    cancelled: int = 0
    deleted_cards: int = 0
    told: list[str] = field(default_factory=list)


def all_shown(evidence: Evidence) -> dict[int, Shown]:
    """What can be seen of each request where its author looks."""
    shown: defaultdict[int, Shown] = defaultdict(Shown)
    by_asked = {request.asked: request.id for request in evidence.requests.values()}
    for sight in evidence.sights:
        if sight.now.ephemeral:
            if _is_word(sight):
                shown[by_asked.get(sight.asked, 0)].told.append(sight.now.text)
            continue
        for job, number, link in sight.files:
            if _sees(evidence, job, sight):
                _count_picture(shown[job], number, link, deleted=sight.now.deleted)
        for action, job, _ in buttons(sight.now):
            if action == "again" and "Try again" in sight.now.buttons:
                _count_notice(shown[job], deleted=sight.now.deleted)
        for job in sight.jobs | {by_asked.get(sight.asked, 0)}:
            cancelled = sight.now.text.startswith(CANCELLED) and not sight.now.deleted
            shown[job].cancelled += cancelled
            shown[job].deleted_cards += sight.now.deleted
    return shown


def one_outcome(evidence: Evidence) -> Iterator[Finding]:
    """Each accepted request has one outcome that its author sees."""
    shown = all_shown(evidence)
    for request in evidence.requests.values():
        for sentence in _wrong(evidence, request, shown[request.id]):
            yield Finding(f"{request.state}: {sentence}", request.id)


def right_pictures(evidence: Evidence) -> Iterator[Finding]:
    """A posted picture is one that the service drew for it."""
    shown = all_shown(evidence)
    for request in evidence.requests.values():
        prints = evidence.prints.get(request.prompt, [])
        for link in shown[request.id].links:
            if not _is_of(evidence.posted[link], prints):
                name = link.split("?")[0].rsplit("/", 1)[-1]
                yield Finding(f"{name} is none of {len(prints)} pictures drawn", request.id)


def nothing_unheard(evidence: Evidence) -> Iterator[Finding]:
    """What a card called queued is a request, and each request was asked for once."""
    asked = Counter(act.id for act in evidence.acts if act.id)
    for request in evidence.requests.values():
        if asked[request.asked] != 1:
            yield Finding(f"nobody did {request.asked}, which asked for it", request.id)
    for sight in evidence.sights:
        for job in sight.jobs - evidence.requests.keys():
            yield Finding(f"message {sight.now.id} shows request {job}, which is not stored")


def _wrong(evidence: Evidence, request: Request, shown: Shown) -> Iterator[str]:
    """What is wrong with what its author sees, in sentences."""
    yield from _twice(shown)
    if shown.told:
        yield f"its author was told as well: {shown.told}"
    match request.state:
        case State.DELIVERED | State.KEPT:
            yield from _wrong_pictures(request, shown)
        case State.FAILED | State.UNKNOWN:
            yield from _wrong_notice(request, shown)
        case State.CANCELLED:
            yield from _wrong_cancelled(evidence, request, shown)
        case _:
            yield "it has no outcome"


def _wrong_pictures(request: Request, shown: Shown) -> Iterator[str]:
    expected = {row["idx"] + 1 for row in request.pictures}
    seen = set(shown.pictures) | set(shown.deleted_pictures)
    if request.state is State.DELIVERED and seen != expected:
        yield f"pictures {sorted(expected)} were posted, {sorted(seen)} can be seen"
    if shown.notices:
        yield "there is a notice beside the pictures"


def _wrong_notice(request: Request, shown: Shown) -> Iterator[str]:
    kept = request.delivery is not None and request.delivery["state"] == "kept"
    if not (shown.notices or shown.deleted_notices or kept):
        yield "no notice can be seen"
    if shown.pictures:
        yield "there are pictures beside the notice"


def _wrong_cancelled(evidence: Evidence, request: Request, shown: Shown) -> Iterator[str]:
    if shown.pictures or shown.notices:
        yield "there is another outcome beside"
    if not (shown.cancelled or shown.deleted_cards or _told(evidence, request)):
        yield "no card says so"


def _twice(shown: Shown) -> Iterator[str]:
    twice = [number for number, count in shown.pictures.items() if count > 1]
    if twice:
        yield f"pictures {twice} can be seen twice"
    if shown.cancelled > 1:
        yield f"it is said {shown.cancelled} times that it is cancelled"
    if shown.notices > 1:
        yield f"its notice can be seen {shown.notices} times"


def _told(evidence: Evidence, request: Request) -> bool:
    """Whether whoever cancelled it, not on its card, was answered."""
    pressed = {
        act.id for act in evidence.acts if act.pressed == request.id and "cancel" in act.what
    }
    return any(
        entry.kind == "ack" and entry.interaction_id in pressed for entry in evidence.transcript
    )


def _is_word(sight: Sight) -> bool:
    """Whether a private message says something that is not on its way to be replaced."""
    return not (sight.now.deleted or sight.now.loading or sight.now.text.startswith(ON_ITS_WAY))


def _sees(evidence: Evidence, job: int, sight: Sight) -> bool:
    """Whether a message is where the author of a request looks for its outcome."""
    request = evidence.requests.get(job)
    if request is None:
        return False
    direct = evidence.direct.get(str(request.row["member_id"]))
    return sight.now.channel.id in {str(request.row["channel_id"]), direct}


def _count_picture(shown: Shown, number: int, link: str, *, deleted: bool) -> None:
    if deleted:
        shown.deleted_pictures[number] += 1
    else:
        shown.pictures[number] += 1
        shown.links.append(link)


def _count_notice(shown: Shown, *, deleted: bool) -> None:
    if deleted:
        shown.deleted_notices += 1
    else:
        shown.notices += 1


def _is_of(posted: Print, prints: Sequence[Print]) -> bool:
    """Whether a picture is one of those, written anew or not."""
    if any(posted.sha256 == each.sha256 for each in prints):
        return True
    return bool(posted.looks) and any(alike(posted.looks, each.looks) for each in prints)
