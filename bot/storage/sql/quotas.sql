-- Rules and permits, and what is taken of the limits.

-- name: rules
SELECT * FROM quota_rule WHERE guild_id = :guild_id ORDER BY subject, subject_id, period

-- name: rule
SELECT * FROM quota_rule WHERE guild_id = :guild_id AND subject = :subject
  AND subject_id = :subject_id AND period = :period

-- name: rule_set
INSERT INTO quota_rule (guild_id, subject, subject_id, period, pictures, micro, set_by, set_at)
VALUES (:guild_id, :subject, :subject_id, :period, :pictures, :micro, :set_by, :set_at)
ON CONFLICT (guild_id, subject, subject_id, period) DO UPDATE SET
  pictures = excluded.pictures, micro = excluded.micro,
  set_by = excluded.set_by, set_at = excluded.set_at

-- name: rule_clear
DELETE FROM quota_rule WHERE guild_id = :guild_id AND subject = :subject
  AND subject_id = :subject_id AND period = :period RETURNING *

-- name: permits
SELECT * FROM quota_permit WHERE guild_id = :guild_id ORDER BY subject, subject_id

-- name: permit_set
INSERT INTO quota_permit (guild_id, subject, subject_id, models, quality, pixels, pictures, edits,
  set_by, set_at)
VALUES (:guild_id, :subject, :subject_id, :models, :quality, :pixels, :pictures, :edits,
  :set_by, :set_at)
ON CONFLICT (guild_id, subject, subject_id) DO UPDATE SET
  models = excluded.models, quality = excluded.quality, pixels = excluded.pixels,
  pictures = excluded.pictures, edits = excluded.edits,
  set_by = excluded.set_by, set_at = excluded.set_at

-- name: permit_clear
DELETE FROM quota_permit
WHERE guild_id = :guild_id AND subject = :subject AND subject_id = :subject_id

-- name: counter
SELECT * FROM quota_counter
WHERE guild_id = :guild_id AND account = :account AND account_id = :account_id
  AND period = :period AND starts_at = :starts_at

-- name: counter_reserve
INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
  reserved_pictures, reserved_micro)
VALUES (:guild_id, :account, :account_id, :period, :starts_at, :pictures, :micro)
ON CONFLICT (guild_id, account, account_id, period, starts_at) DO UPDATE SET
  reserved_pictures = quota_counter.reserved_pictures + excluded.reserved_pictures,
  reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro

-- name: counter_settle
UPDATE quota_counter SET
  reserved_pictures = reserved_pictures - :pictures, reserved_micro = reserved_micro - :micro,
  used_pictures = used_pictures + :used_pictures, used_micro = used_micro + :used_micro
WHERE guild_id = :guild_id AND account = :account AND account_id = :account_id
  AND period = :period AND starts_at = :starts_at

-- name: counter_grant
INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
  granted_pictures, granted_micro)
VALUES (:guild_id, :account, :account_id, :period, :starts_at, :pictures, :micro)
ON CONFLICT (guild_id, account, account_id, period, starts_at) DO UPDATE SET
  granted_pictures = quota_counter.granted_pictures + excluded.granted_pictures,
  granted_micro = quota_counter.granted_micro + excluded.granted_micro

-- name: counter_forgive
UPDATE quota_counter SET
  forgiven_pictures = used_pictures, forgiven_micro = used_micro, forgiven_at = :now
WHERE guild_id = :guild_id AND account = :account AND account_id = :account_id
  AND period = :period AND starts_at = :starts_at

-- What the jobs of a server hold and did cost, for counting them on another calendar.
-- name: jobs_counted_since
SELECT job.id, job.member_id, job.accepted_at, job.zone,
  coalesce(sum(CASE ledger.kind WHEN 'reserve' THEN ledger.pictures
    WHEN 'release' THEN -ledger.pictures ELSE 0 END), 0) AS reserved_pictures,
  coalesce(sum(CASE ledger.kind WHEN 'reserve' THEN ledger.micro
    WHEN 'release' THEN -ledger.micro ELSE 0 END), 0) AS reserved_micro,
  coalesce(sum(CASE ledger.kind WHEN 'charge' THEN ledger.pictures ELSE 0 END), 0) AS used_pictures,
  coalesce(sum(CASE ledger.kind WHEN 'charge' THEN ledger.micro ELSE 0 END), 0) AS used_micro,
  max(CASE ledger.kind WHEN 'charge' THEN ledger.at END) AS charged_at
FROM job JOIN ledger ON ledger.job_id = job.id
WHERE job.guild_id = :guild_id AND job.accepted_at >= :since
GROUP BY job.id, job.member_id, job.accepted_at, job.zone

-- name: jobs_change_zone
UPDATE job SET zone = :zone WHERE guild_id = :guild_id AND accepted_at >= :since

-- name: counter_leave
UPDATE quota_counter SET
  reserved_pictures = reserved_pictures - :reserved_pictures,
  reserved_micro = reserved_micro - :reserved_micro,
  used_pictures = used_pictures - :used_pictures, used_micro = used_micro - :used_micro
WHERE guild_id = :guild_id AND account = :account AND account_id = :account_id
  AND period = :period AND starts_at = :starts_at

-- name: counter_enter
INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
  reserved_pictures, reserved_micro, used_pictures, used_micro)
VALUES (:guild_id, :account, :account_id, :period, :starts_at,
  :reserved_pictures, :reserved_micro, :used_pictures, :used_micro)
ON CONFLICT (guild_id, account, account_id, period, starts_at) DO UPDATE SET
  reserved_pictures = quota_counter.reserved_pictures + excluded.reserved_pictures,
  reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro,
  used_pictures = quota_counter.used_pictures + excluded.used_pictures,
  used_micro = quota_counter.used_micro + excluded.used_micro

-- name: counters_with_extras
SELECT * FROM quota_counter
WHERE guild_id = :guild_id AND account IN ('server', 'member') AND period = :period
  AND starts_at = :starts_at
  AND (granted_pictures <> 0 OR granted_micro <> 0 OR forgiven_at <> 0)

-- name: counter_give
INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
  granted_pictures, granted_micro, forgiven_pictures, forgiven_micro, forgiven_at)
VALUES (:guild_id, :account, :account_id, :period, :starts_at,
  :granted_pictures, :granted_micro, :forgiven_pictures, :forgiven_micro, :forgiven_at)
ON CONFLICT (guild_id, account, account_id, period, starts_at) DO UPDATE SET
  granted_pictures = quota_counter.granted_pictures + excluded.granted_pictures,
  granted_micro = quota_counter.granted_micro + excluded.granted_micro,
  forgiven_pictures = excluded.forgiven_pictures, forgiven_micro = excluded.forgiven_micro,
  forgiven_at = excluded.forgiven_at

-- name: counter_take_extras
UPDATE quota_counter SET granted_pictures = 0, granted_micro = 0, forgiven_pictures = 0,
  forgiven_micro = 0, forgiven_at = 0
WHERE guild_id = :guild_id AND account = :account AND account_id = :account_id
  AND period = :period AND starts_at = :starts_at
