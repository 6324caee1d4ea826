"""Picture bytes in the database, and answers on their way into it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.storage.transaction import Transaction
from bot.storage.values import stamp


def put(tx: Transaction, data: bytes, sha256: str | None, now: datetime) -> str:
    """Keep the bytes, or take hold of them where they are kept already; answers their hash."""
    name = sha256 or hashlib.sha256(data).hexdigest()
    if not tx.change("blob_hold", sha256=name, now=stamp(now)):
        tx.change("blob_insert", sha256=name, data=data, now=stamp(now))
    return name


def get(tx: Transaction, sha256: str) -> bytes | None:
    """The bytes, if they are kept."""
    row = tx.find("blob", sha256=sha256)
    return None if row is None else bytes(row["data"])


def has(tx: Transaction, sha256: str) -> bool:
    """Whether they are kept."""
    return tx.find("blob_known", sha256=sha256) is not None


def drop(tx: Transaction, sha256: str) -> None:
    """Let go of them; they are gone once as many have as took hold of them."""
    tx.change("blob_let_go", sha256=sha256)
    tx.change("blob_drop", sha256=sha256)


def older(tx: Transaction, than: datetime) -> tuple[str, ...]:
    """The hashes of what was last put before that time."""
    return tuple(row["sha256"] for row in tx.every("blobs_older", before=stamp(than)))


def announce(tx: Transaction, job_id: int, attempt: int, answer: str) -> None:
    """Write down an answer whose pictures are about to be put."""
    tx.change("announcement_set", job_id=job_id, attempt=attempt, answer=answer)


def announced(tx: Transaction) -> tuple[str, ...]:
    """Every answer that was announced and not withdrawn."""
    return tuple(row["answer"] for row in tx.every("announcements"))


def left(tx: Transaction, now: datetime) -> tuple[str, ...]:
    """Those of them whose worker is gone, or through with the job."""
    return tuple(row["answer"] for row in tx.every("announcements_left", now=stamp(now)))


def withdraw(tx: Transaction, job_id: int, attempt: int) -> None:
    """Forget an answer."""
    tx.change("announcement_withdraw", job_id=job_id, attempt=attempt)
