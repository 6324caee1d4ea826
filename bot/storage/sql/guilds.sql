-- What servers chose, and who changed what.

-- name: chosen
SELECT chosen FROM guild_setting WHERE guild_id = :guild_id

-- name: chosen_by_all
SELECT guild_id, chosen FROM guild_setting

-- name: choose
INSERT INTO guild_setting (guild_id, chosen) VALUES (:guild_id, :chosen)
ON CONFLICT (guild_id) DO UPDATE SET chosen = excluded.chosen

-- name: audit_insert
INSERT INTO audit (guild_id, actor_id, what, before, after, at)
VALUES (:guild_id, :actor_id, :what, :before, :after, :at)

-- name: audit
SELECT * FROM audit WHERE guild_id = :guild_id AND id < :older_than ORDER BY id DESC LIMIT :most
