"""Which files requests are drawn from, and which files anybody still needs."""

from __future__ import annotations

from datetime import datetime

from bot.core.images import ImageRequest
from bot.storage.transaction import Transaction
from bot.storage.values import stamp


def name_inputs(tx: Transaction, job_id: int, request: ImageRequest) -> None:
    """Keep the files of a request from being swept away."""
    rows = [("image", idx, source.sha256) for idx, source in enumerate(request.sources)]
    if request.mask is not None:
        rows.append(("mask", 0, request.mask))
    tx.change_each(
        "input_insert",
        [
            {"job_id": job_id, "kind": kind, "idx": idx, "sha256": sha256}
            for kind, idx, sha256 in rows
        ],
    )


def files_in_use(
    tx: Transaction, inputs_after: datetime, results_after: datetime
) -> frozenset[str]:
    """The hashes of all files that somebody may still ask for.

    Forgets, on the way, what finished requests before `inputs_after` were drawn from.
    """
    tx.change("inputs_forget", before=stamp(inputs_after))
    rows = tx.every("files_in_use", results_after=stamp(results_after))
    return frozenset(row["sha256"] for row in rows)
