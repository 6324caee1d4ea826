"""Both engines have the same schema, whatever each calls it.

Somebody who adds a migration for SQLite finds here what its pendant in `migrations/postgres` lacks:
copy the file, and spell AUTOINCREMENT as `BIGINT GENERATED ALWAYS AS IDENTITY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.storage import migrate
from tests.conformance.engines import Found, SqliteBench, SqliteEngine
from tests.conformance.postgres_engine import Database

ALONE = {"blob", "announcement"}
"""Tables that SQLite has files for."""

KINDS = {
    "INTEGER": "whole",
    "BIGINT": "whole",
    "SMALLINT": "whole",
    "TEXT": "text",
    "integer": "whole",
    "bigint": "whole",
    "smallint": "whole",
    "text": "text",
}

SQLITE_COLUMNS = """
    SELECT t.name AS "table", c.name AS "column", c.type, c."notnull" OR c.pk AS needed,
      c.dflt_value AS preset
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE '%yoyo%' AND t.name NOT LIKE 'sqlite%'
"""

POSTGRES_COLUMNS = """
    SELECT table_name AS "table", column_name AS "column", data_type AS type,
      is_nullable = 'NO' AS needed, column_default AS preset
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '%yoyo%'
"""

SQLITE_INDEXES = """
    SELECT t.name AS "table", i.name, i."unique", i.origin,
      (SELECT group_concat(name) FROM (
        SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS columns,
      (SELECT sql FROM sqlite_schema WHERE name = i.name) AS sql
    FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
    WHERE t.type = 'table' AND t.name NOT LIKE '%yoyo%' AND t.name NOT LIKE 'sqlite%'
"""

SQLITE_ROWIDS = """
    SELECT t.name AS "table", c.name AS columns
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND c.pk = 1 AND t.name NOT LIKE '%yoyo%'
      AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) WHERE origin = 'pk')
"""

POSTGRES_INDEXES = """
    SELECT t.relname AS "table", i.relname AS name, x.indisunique AS "unique",
      CASE WHEN x.indisprimary THEN 'pk' WHEN con.oid IS NOT NULL THEN 'u' ELSE 'c' END AS origin,
      (SELECT string_agg(a.attname, ',' ORDER BY k.n)
        FROM unnest(x.indkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS columns,
      pg_get_expr(x.indpred, t.oid) AS predicate
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_class AS t ON t.oid = x.indrelid
    LEFT JOIN pg_constraint AS con ON con.conindid = i.oid AND con.contype = 'u'
    WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '%yoyo%'
"""

SQLITE_KEYS = """
    SELECT t.name AS "table", k."from" AS "column", k."table" AS parent, k.on_delete AS after
    FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'
"""

POSTGRES_KEYS = """
    SELECT c.conrelid::regclass::text AS "table", a.attname AS "column",
      c.confrelid::regclass::text AS parent,
      CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END
        AS after
    FROM pg_constraint AS c
    JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f'
"""

POSTGRES_CHECKS = """
    SELECT conrelid::regclass::text AS "table", pg_get_constraintdef(oid) AS text
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, order=True)
class Index:
    """What an index is, but for its name where nobody chose one."""

    table: str
    name: str
    columns: str
    unique: bool
    predicate: str


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteBench]:
    """A migrated SQLite."""
    bench = SqliteEngine(tmp_path_factory.mktemp("sqlite")).bench()
    yield bench
    bench.close()


def plain(sql: str) -> str:
    """A condition without what only one engine writes around it."""
    bare = re.sub(r"::\w+(\[\])?|[()\s]", "", sql).lower()
    return re.sub(r"=anyarray\[(.*?)\]", r"in\1", bare)


def mine(rows: Found) -> Found:
    """Those of tables that both have."""
    return [row for row in rows if row["table"] not in ALONE]


def columns(rows: Found) -> set[tuple[object, ...]]:
    """Tables, columns, kinds, whether they must be there, and what is there if nothing is said."""
    return {
        (
            row["table"],
            row["column"],
            KINDS[str(row["type"])],
            bool(row["needed"]),
            str(row["preset"]).removesuffix("::text"),
        )
        for row in mine(rows)
    }


def of_sqlite(bench: SqliteBench) -> list[Index]:
    """Its indexes; a key that is the row's own number has none that is listed."""
    found = [
        Index(
            row["table"],
            row["name"] if row["origin"] == "c" else row["origin"],
            row["columns"],
            bool(row["unique"]),
            plain((row["sql"] or "").partition(" WHERE ")[2]),
        )
        for row in bench.look(SQLITE_INDEXES)
    ]
    rowids = [
        Index(row["table"], "pk", row["columns"], True, "") for row in bench.look(SQLITE_ROWIDS)
    ]
    return sorted([*found, *rowids])


def of_postgres(database: Database) -> list[Index]:
    """Its indexes."""
    return sorted(
        Index(
            row["table"],
            row["name"] if row["origin"] == "c" else row["origin"],
            row["columns"],
            row["unique"],
            plain(row["predicate"] or ""),
        )
        for row in mine(database.look(POSTGRES_INDEXES))
    )


def checks_of_sqlite(bench: SqliteBench) -> list[tuple[str, str]]:
    """What it checks; it keeps the text of the table only."""
    tables = bench.look("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    return sorted(
        (table["name"], plain(check))
        for table in tables
        for check in re.findall(
            r"\bCHECK (\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))",
            re.sub(r"--.*", "", table["sql"]),
        )
    )


def checks_of_postgres(database: Database) -> list[tuple[str, str]]:
    """What it checks."""
    return sorted(
        (str(row["table"]), plain(str(row["text"]).removeprefix("CHECK ")))
        for row in mine(database.look(POSTGRES_CHECKS))
    )


def test_there_is_a_migration_of_the_same_name_for_both() -> None:
    """In the same order."""
    assert migrate.known(migrate.folder("postgres")) == migrate.known(migrate.folder("sqlite"))


def test_columns_are_the_same(sqlite: SqliteBench, database: Database) -> None:
    """With the kind of their values, what may be missing, and what is there by itself."""
    assert columns(database.look(POSTGRES_COLUMNS)) == columns(sqlite.look(SQLITE_COLUMNS))


def test_keys_and_indexes_are_the_same(sqlite: SqliteBench, database: Database) -> None:
    """In the order of their columns, and for the same rows."""
    assert of_postgres(database) == of_sqlite(sqlite)


def test_what_belongs_to_what_is_the_same(sqlite: SqliteBench, database: Database) -> None:
    """And so is what becomes of it when that goes."""
    ours = {tuple(row.values()) for row in mine(database.look(POSTGRES_KEYS))}

    assert ours == {tuple(row.values()) for row in sqlite.look(SQLITE_KEYS)}


def test_what_is_refused_is_the_same(sqlite: SqliteBench, database: Database) -> None:
    """Check for check."""
    assert checks_of_postgres(database) == checks_of_sqlite(sqlite)


def test_ids_are_given_by_the_database_alone(database: Database) -> None:
    """In both tables whose ids people see."""
    rows = database.look(
        "SELECT table_name, is_identity, identity_generation FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'id' AND table_name IN ('job', 'delivery')"
    )

    assert {tuple(row.values()) for row in rows} == {
        ("job", "YES", "ALWAYS"),
        ("delivery", "YES", "ALWAYS"),
    }
