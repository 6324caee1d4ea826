"""Answers of image services that are on their way to the disk, a small file for each.

Such a file is written before the pictures that it names and removed after their row is stored, so
at every moment in between a new process knows what the pictures are and what they cost.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from bot.core.ports import Answer
from bot.core.pricing import Usage


def path_of(folder: Path, answer: Answer) -> Path:
    """Where an answer is announced: one place for each attempt at a job."""
    return folder / f"{answer.job_id}-{answer.attempt}.json"


def written(answer: Answer) -> bytes:
    """What stands in the file."""
    return json.dumps(asdict(answer)).encode()


def read_all(folder: Path) -> tuple[Answer, ...]:
    """Every answer that is announced; a file that no version of ours wrote is left alone."""
    found: list[Answer] = []
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
            found.append(_read(path.read_bytes()))
    return tuple(found)


def _read(data: bytes) -> Answer:
    fields = json.loads(data)
    usage = fields["usage"]
    return Answer(
        job_id=fields["job_id"],
        attempt=fields["attempt"],
        provider=fields["provider"],
        pictures=tuple(fields["pictures"]),
        usage=None if usage is None else Usage(**usage),
    )
