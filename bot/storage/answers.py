"""Answers of image services that are on their way to where they are kept, as text.

Such a text is written before the pictures that it names and removed after their row is stored, so
at every moment in between a new process knows what the pictures are and what they cost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from bot.core.jobs import Job
from bot.core.ports import Answer, Drawing
from bot.core.pricing import Usage


def of(job: Job, provider: str, drawing: Drawing) -> Answer:
    """What is announced of a drawing; hashes all its pictures."""
    return Answer(
        job_id=job.id,
        attempt=job.attempt,
        provider=provider,
        pictures=tuple(hashlib.sha256(data).hexdigest() for data in drawing.pictures),
        usage=drawing.usage,
    )


def path_of(folder: Path, answer: Answer) -> Path:
    """Where an answer is announced among files: one place for each attempt at a job."""
    return folder / f"{answer.job_id}-{answer.attempt}.json"


def written(answer: Answer) -> bytes:
    """The text."""
    return json.dumps(asdict(answer)).encode()


def read_all(folder: Path) -> tuple[Answer, ...]:
    """Every answer that is announced in files."""
    return read_each(_texts(folder))


def read_each(texts: Iterable[str | bytes]) -> tuple[Answer, ...]:
    """The answers; a text that no version of ours wrote is left alone."""
    found: list[Answer] = []
    for text in texts:
        with suppress(ValueError, TypeError, KeyError):
            found.append(_read(text))
    return tuple(found)


def _texts(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError):
            yield path.read_bytes()


def _read(text: str | bytes) -> Answer:
    fields = json.loads(text)
    usage = fields["usage"]
    return Answer(
        job_id=fields["job_id"],
        attempt=fields["attempt"],
        provider=fields["provider"],
        pictures=tuple(fields["pictures"]),
        usage=None if usage is None else Usage(**usage),
    )
