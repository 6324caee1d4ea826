"""The secret of this installation, where the operator gave none: made once, and kept."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from bot.core.errors import Misconfigured

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 32
"""Bytes, before they are written as hexadecimal digits."""

SETTING = "EASEL_SECRET"


def kept_secret(path: Path) -> bytes:
    """What the file holds; it is made, for this user alone, if it is not there.

    Raises:
        Misconfigured: It cannot be read or made, or there is next to nothing in it.
    """
    try:
        _make(path)
        secret = path.read_bytes().strip()
    except OSError as problem:
        raise _unusable(f"{path} cannot be read or made ({problem.strerror})") from problem
    if len(secret) < SIZE:
        raise _unusable(f"{path} holds no secret of mine; delete it to have it made again")
    return secret


def _make(path: Path) -> None:
    """Write a new secret, unless somebody else has: whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as opened:
            opened.write(f"{secrets.token_hex(SIZE)}\n")
            opened.flush()
            os.fsync(opened.fileno())
        # Never over one that is there: two processes may begin at the same time.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _unusable(what: str) -> Misconfigured:
    return Misconfigured(
        (f"{SETTING} is not set, and {what}. Or set it to 32 characters or more.",)
    )
