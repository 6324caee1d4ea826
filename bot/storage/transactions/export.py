"""Everything about one member, as plain values, and nothing about anybody else."""

from __future__ import annotations

import re
from typing import Any

import orjson

from bot.core.pricing import exact_dollars
from bot.storage.transaction import Row, Transaction
from bot.storage.values import moment

MENTION = re.compile(r"<@!?(\d+)>")
"""Of a member; of a role there is an & in it."""

YOU, OTHER = "you", "somebody else"


def everything_about(tx: Transaction, member_id: int) -> dict[str, Any]:
    """Every row about a member."""
    pattern = f"%<@{member_id}>%"
    naming = {"member_id": member_id}
    return {
        "member": member_id,
        "requests": [_request(tx, row, member_id) for row in tx.every("jobs_of_member", **naming)],
        "batches": [_batch(row) for row in tx.every("batches_of_member", **naming)],
        "used": [_counter(row) for row in tx.every("counters_of_member", **naming)],
        "limits": [_rule(row, member_id) for row in tx.every("rules_naming", **naming)],
        "allowed": [_permit(row, member_id) for row in tx.every("permits_naming", **naming)],
        "changes": [
            _change(row, member_id)
            for row in tx.every("audit_naming", member_id=member_id, pattern=pattern)
        ],
    }


def _request(tx: Transaction, row: Row, member_id: int) -> dict[str, Any]:
    by = row["cancelled_by"]
    return {
        "number": row["id"],
        "server": row["guild_id"] or "direct messages",
        "channel": row["channel_id"] or None,
        "message": row["message_id"],
        "command": row["interaction_id"] if row["interaction_id"] > 0 else None,
        "made_from": row["parent_id"],
        "batch": row["batch_id"],
        "asked_for": orjson.loads(row["request"]),
        "state": row["state"],
        "accepted": _time(row["accepted_at"]),
        "started": _time(row["started_at"]),
        "finished": _time(row["finished_at"]),
        "forgotten": _time(row["erased_at"]),
        "image_service": row["provider"],
        "failure": row["failure"],
        "note": row["note"],
        "cancelled_by": None if by is None else _who(by, member_id),
        "highest_cost": exact_dollars(row["estimate"]),
        "cost": None if row["cost"] is None else exact_dollars(row["cost"]),
        **_details(tx, row["id"]),
    }


def _details(tx: Transaction, job_id: int) -> dict[str, Any]:
    """What other tables have of a request."""
    return {
        "drawn_from": [
            {"kind": each["kind"], "sha256": each["sha256"]}
            for each in tx.every("inputs", job_id=job_id)
        ],
        "pictures": [
            {name: each[name] for name in ("sha256", "format", "width", "height", "bytes")}
            for each in tx.every("pictures", job_id=job_id)
        ],
        "calls": [
            {
                "image_service": each["provider"],
                "state": each["state"],
                "code": each["code"],
                "sent": _time(each["at"]),
                "ended": _time(each["ended_at"]),
            }
            for each in tx.every("calls", job_id=job_id)
        ],
        "shown": [
            {
                "kind": each["kind"],
                "how": each["route"],
                "state": each["state"],
                "channel": each["channel_id"],
                "message": each["message_id"],
                "at": _time(each["done_at"]),
            }
            for each in tx.every("delivery_of_job", job_id=job_id)
        ],
        "ledger": [
            {
                "kind": each["kind"],
                "pictures": each["pictures"],
                "dollars": exact_dollars(each["micro"]),
                "at": _time(each["at"]),
            }
            for each in tx.every("ledger_of_job", job_id=job_id)
        ],
    }


def _batch(row: Row) -> dict[str, Any]:
    return {
        "number": row["id"],
        "server": row["guild_id"] or "direct messages",
        "channel": row["channel_id"],
        "message": row["message_id"],
        "command": row["interaction_id"],
        "lines": row["asked"],
        "accepted": _time(row["accepted_at"]),
    }


def _counter(row: Row) -> dict[str, Any]:
    return {
        "server": row["guild_id"] or "direct messages",
        "period": row["period"],
        "since": _time(row["starts_at"]),
        **{
            name: {
                "pictures": row[f"{name}_pictures"],
                "dollars": exact_dollars(row[f"{name}_micro"]),
            }
            for name in ("reserved", "used", "granted", "forgiven")
        },
    }


def _rule(row: Row, member_id: int) -> dict[str, Any]:
    micro = row["micro"]
    return {
        "server": row["guild_id"],
        "period": row["period"],
        "pictures": row["pictures"],
        "dollars": None if micro is None else exact_dollars(micro),
        "set_by": _who(row["set_by"], member_id),
        "set": _time(row["set_at"]),
    }


def _permit(row: Row, member_id: int) -> dict[str, Any]:
    models, edits = row["models"], row["edits"]
    return {
        "server": row["guild_id"],
        "models": None if models is None else orjson.loads(models),
        "quality": row["quality"],
        "pixels": row["pixels"],
        "pictures": row["pictures"],
        "edits": None if edits is None else bool(edits),
        "set_by": _who(row["set_by"], member_id),
        "set": _time(row["set_at"]),
    }


def _change(row: Row, member_id: int) -> dict[str, Any]:
    return {
        "server": row["guild_id"],
        "at": _time(row["at"]),
        "by": _who(row["actor_id"], member_id),
        **{
            name: MENTION.sub(lambda found: _named(found, member_id), row[name])
            for name in ("what", "before", "after")
        },
    }


def _named(found: re.Match[str], member_id: int) -> str:
    return found[0] if int(found[1]) == member_id else OTHER


def _who(whose: int, member_id: int) -> str:
    return YOU if whose == member_id else OTHER


def _time(stamped: int | None) -> str | None:
    return None if stamped is None else moment(stamped).isoformat()
