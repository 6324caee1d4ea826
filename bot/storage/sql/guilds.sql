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

-- name: audit_last_of_settings
SELECT audit.* FROM (
  SELECT max(id) AS last FROM audit
  WHERE guild_id = :guild_id AND what >= 'setting ' AND what < 'setting!' GROUP BY what
) AS first_ones JOIN audit ON audit.id = first_ones.last

-- name: audit_after
SELECT * FROM audit WHERE id > :number ORDER BY id LIMIT :most

-- name: audit_newest
SELECT * FROM audit WHERE id = (SELECT max(id) FROM audit)
