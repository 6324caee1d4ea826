"""Why a PostgreSQL database cannot be used, in sentences for who can repair it.

None of them holds the password, nor anything else that stands in a row.
"""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from bot.core.errors import Misconfigured


def said(problem: psycopg.Error, url: str) -> str:
    """What the server, or the way to it, said: one line."""
    text = problem.diag.message_primary or str(problem) or type(problem).__name__
    text = " ".join(text.split())
    password = _address(url).get("password")
    return text.replace(password, "…") if password else text


def unusable(problem: psycopg.Error, url: str, setting: str) -> Misconfigured:
    """The sentence for an error that came while connecting or bringing the schema up to date."""
    return Misconfigured((f"{setting}: {_sentence(problem, url)}",))


def place(url: str) -> str:
    """Where it is, without who goes there: `easel at db.example:5432`."""
    parts = _address(url)
    host = parts.get("host") or "this machine"
    port = parts.get("port")
    return f"{name(url)} at {host}{f':{port}' if port else ''}"


def name(url: str) -> str:
    """The database's own name; libpq takes the user's where none is given."""
    parts = _address(url)
    return parts.get("dbname") or parts.get("user") or "of this user"


def _sentence(problem: psycopg.Error, url: str) -> str:
    parts = _address(url)
    if not parts:
        # What libpq says of it holds the address, or what it takes for the password.
        return (
            "this is not an address that can be read. Write it like "
            "postgresql://user:password@host/easel, with odd characters of the password as %40."
        )
    reason, where = said(problem, url), place(url)
    user = parts.get("user") or "of this process"
    # The server's sentences may be in the operator's language; these are then told as they are.
    match problem:
        case errors.InsufficientPrivilege():
            return (
                f"the user {user} may not make tables in {where} ({reason}). Let it own the "
                f"database: ALTER DATABASE {name(url)} OWNER TO {user}."
            )
        case errors.ReadOnlySqlTransaction() | errors.FeatureNotSupported():
            return f"{where} can only be read ({reason}). Name the server that is written to."
        case psycopg.OperationalError() if "authentication failed" in reason:
            return (
                f"PostgreSQL does not let the user {user} into {where} ({reason}). Correct the "
                "user or the password."
            )
        case psycopg.OperationalError() if "does not exist" in reason and "database" in reason:
            return (
                f"there is no database {where} ({reason}). Make it, say with "
                f"createdb --encoding UTF8 --owner {user} {name(url)}."
            )
        case psycopg.OperationalError():
            return f"I cannot reach {where} ({reason}). Start PostgreSQL, or correct the address."
        case _:
            return f"{where} cannot be used ({reason})."


def _address(url: str) -> dict[str, str]:
    """The parts of an address; none where it cannot be read."""
    with suppress(psycopg.ProgrammingError):
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    return {}
