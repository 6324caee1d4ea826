-- Rules, and what is taken of them.

-- name: rules
SELECT * FROM quota_rule WHERE guild_id = :guild_id ORDER BY subject, period

-- name: rule
SELECT * FROM quota_rule WHERE guild_id = :guild_id AND subject = :subject AND period = :period

-- name: rule_set
INSERT INTO quota_rule (guild_id, subject, period, pictures, micro, set_by, set_at)
VALUES (:guild_id, :subject, :period, :pictures, :micro, :set_by, :set_at)
ON CONFLICT (guild_id, subject, period) DO UPDATE SET
  pictures = excluded.pictures, micro = excluded.micro,
  set_by = excluded.set_by, set_at = excluded.set_at

-- name: rule_clear
DELETE FROM quota_rule
WHERE guild_id = :guild_id AND subject = :subject AND period = :period RETURNING *

-- name: counter
SELECT * FROM quota_counter
WHERE guild_id = :guild_id AND subject = :subject AND subject_id = :subject_id
  AND period = :period AND starts_at = :starts_at

-- name: counter_reserve
INSERT INTO quota_counter (guild_id, subject, subject_id, period, starts_at,
  reserved_pictures, reserved_micro)
VALUES (:guild_id, :subject, :subject_id, :period, :starts_at, :pictures, :micro)
ON CONFLICT (guild_id, subject, subject_id, period, starts_at) DO UPDATE SET
  reserved_pictures = quota_counter.reserved_pictures + excluded.reserved_pictures,
  reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro

-- name: counter_settle
UPDATE quota_counter SET
  reserved_pictures = reserved_pictures - :pictures, reserved_micro = reserved_micro - :micro,
  used_pictures = used_pictures + :used_pictures, used_micro = used_micro + :used_micro
WHERE guild_id = :guild_id AND subject = :subject AND subject_id = :subject_id
  AND period = :period AND starts_at = :starts_at
