"""The same Easel, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.postgres_engine import PostgresEngine
from tests.journeys.studio import hold_studio, texts


async def test_a_request_is_drawn_and_posted_with_nothing_on_the_disk(
    postgres: PostgresEngine, tmp_path: Path
) -> None:
    """Rows and pictures are in the database, and the pictures only until they are posted."""
    database = postgres.database(tmp_path)
    try:
        async with hold_studio(tmp_path / "data", database_url=database.url) as studio:
            message = await studio.draw(studio.world.alice, "a lighthouse in fog")

            assert "a lighthouse in fog" in texts(message)
            assert len(message.attachments) == 1
            assert database.look("SELECT state FROM job") == [{"state": "delivered"}]
            assert database.look("SELECT state FROM delivery") == [{"state": "done"}]
            assert database.look("SELECT sha256 FROM blob") == []
            assert database.look("SELECT * FROM announcement") == []
        assert not (tmp_path / "data" / "pictures").exists()
        assert not (tmp_path / "data" / "easel.db").exists()
    finally:
        postgres.forget(tmp_path)
