-- What is kept about one member, and how it is forgotten: for them, in time, or with their server.

-- Only what is seen by nobody any more, and waits for nothing.
-- name: jobs_to_erase
SELECT id, guild_id, member_id, request, zone, accepted_at FROM job
WHERE member_id = :member_id AND id <= :last_job
  AND state IN ('delivered', 'kept', 'failed', 'unknown', 'cancelled')
  AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE delivery.job_id = job.id AND delivery.state = 'pending')
ORDER BY guild_id, id LIMIT :most

-- name: jobs_to_forget
SELECT id, guild_id, member_id, request, zone, accepted_at FROM job
WHERE guild_id = :guild_id AND erased_at IS NULL AND accepted_at < :before
  AND state IN ('delivered', 'kept', 'failed', 'unknown', 'cancelled')
  AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE delivery.job_id = job.id AND delivery.state = 'pending')
ORDER BY accepted_at LIMIT :most

-- name: jobs_to_unname
SELECT id, guild_id, member_id, zone, accepted_at FROM job
WHERE guild_id = :guild_id AND erased_at IS NOT NULL AND member_id <> 0 AND accepted_at < :before
ORDER BY accepted_at LIMIT :most

-- name: job_erase
UPDATE job SET interaction_id = :interaction_id, channel_id = 0, token = '', message_id = NULL,
  parent_id = NULL, batch_id = NULL, request = :request, worker = NULL, note = NULL, erased_at = :now,
  cancelled_by = CASE WHEN cancelled_by IS NULL THEN NULL ELSE 0 END
WHERE id = :job_id

-- name: job_unname
UPDATE job SET member_id = :member_id WHERE id = :job_id

-- name: job_files
SELECT sha256 FROM picture WHERE job_id = :job_id
UNION ALL
SELECT sha256 FROM input WHERE job_id = :job_id

-- name: pictures_erase
DELETE FROM picture WHERE job_id = :job_id

-- name: inputs_erase
DELETE FROM input WHERE job_id = :job_id

-- name: calls_erase
DELETE FROM call WHERE job_id = :job_id

-- name: parts_erase
DELETE FROM part WHERE delivery_id IN (SELECT id FROM delivery WHERE job_id = :job_id)

-- name: delivery_erase
UPDATE delivery SET message_id = NULL, channel_id = NULL WHERE job_id = :job_id

-- name: file_needed
SELECT 1 AS needed FROM input WHERE sha256 = :sha256
UNION ALL
SELECT 1 AS needed FROM picture JOIN job ON job.id = picture.job_id
WHERE picture.sha256 = :sha256 AND job.state IN ('drawn', 'kept')
LIMIT 1

-- What one job holds and did cost.
-- name: job_sums
SELECT
  coalesce(sum(CASE kind WHEN 'reserve' THEN pictures
    WHEN 'release' THEN -pictures ELSE 0 END), 0) AS reserved_pictures,
  coalesce(sum(CASE kind WHEN 'reserve' THEN micro
    WHEN 'release' THEN -micro ELSE 0 END), 0) AS reserved_micro,
  coalesce(sum(CASE kind WHEN 'charge' THEN pictures ELSE 0 END), 0) AS used_pictures,
  coalesce(sum(CASE kind WHEN 'charge' THEN micro ELSE 0 END), 0) AS used_micro
FROM ledger WHERE job_id = :job_id

-- name: tokens_forget
UPDATE job SET token = ''
WHERE token <> '' AND accepted_at < :before
  AND state IN ('delivered', 'kept', 'failed', 'unknown', 'cancelled')
  AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE delivery.job_id = job.id AND delivery.state = 'pending')

-- name: erasure_begin
INSERT INTO erasure (member_id, last_job, at)
VALUES (:member_id, (SELECT coalesce(max(id), 0) FROM job WHERE member_id = :member_id), :now)
ON CONFLICT (member_id) DO UPDATE SET last_job = excluded.last_job, at = excluded.at

-- name: erasure
SELECT last_job FROM erasure WHERE member_id = :member_id

-- name: erasures
SELECT member_id FROM erasure ORDER BY member_id

-- name: erasure_end
DELETE FROM erasure WHERE member_id = :member_id

-- name: jobs_live_of_member
SELECT * FROM job WHERE member_id = :member_id AND state IN ('queued', 'running')
ORDER BY guild_id, id

-- name: job_left_of_member
SELECT id FROM job WHERE member_id = :member_id AND id <= :last_job LIMIT 1

-- name: counters_of_member
SELECT * FROM quota_counter WHERE account = 'member' AND account_id = :member_id

-- name: counter_add_extras
INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
  granted_pictures, granted_micro, forgiven_pictures, forgiven_micro, forgiven_at)
VALUES (:guild_id, :account, :account_id, :period, :starts_at,
  :granted_pictures, :granted_micro, :forgiven_pictures, :forgiven_micro, :forgiven_at)
ON CONFLICT (guild_id, account, account_id, period, starts_at) DO UPDATE SET
  granted_pictures = quota_counter.granted_pictures + excluded.granted_pictures,
  granted_micro = quota_counter.granted_micro + excluded.granted_micro,
  forgiven_pictures = quota_counter.forgiven_pictures + excluded.forgiven_pictures,
  forgiven_micro = quota_counter.forgiven_micro + excluded.forgiven_micro,
  forgiven_at = CASE WHEN quota_counter.forgiven_at < excluded.forgiven_at
    THEN excluded.forgiven_at ELSE quota_counter.forgiven_at END

-- name: counters_empty_of_member
DELETE FROM quota_counter WHERE account = 'member' AND account_id = :member_id
  AND reserved_pictures = 0 AND reserved_micro = 0 AND used_pictures = 0 AND used_micro = 0
  AND granted_pictures = 0 AND granted_micro = 0 AND forgiven_at = 0

-- Of periods that are over, and of which nothing is counted under a name any more.
-- name: counters_forget
DELETE FROM quota_counter WHERE guild_id = :guild_id AND account = 'member' AND account_id <> 0
  AND starts_at < :before
  AND reserved_pictures = 0 AND reserved_micro = 0 AND used_pictures = 0 AND used_micro = 0

-- name: rules_rename
UPDATE quota_rule SET subject_id = :new WHERE subject = 'member' AND subject_id = :old

-- name: permits_rename
UPDATE quota_permit SET subject_id = :new WHERE subject = 'member' AND subject_id = :old

-- name: rules_recognise
UPDATE quota_rule SET subject_id = :new
WHERE guild_id = :guild_id AND subject = 'member' AND subject_id = :old

-- name: permits_recognise
UPDATE quota_permit SET subject_id = :new
WHERE guild_id = :guild_id AND subject = 'member' AND subject_id = :old

-- name: rules_unsign
UPDATE quota_rule SET set_by = 0 WHERE set_by = :member_id

-- name: permits_unsign
UPDATE quota_permit SET set_by = 0 WHERE set_by = :member_id

-- name: audit_unsign
UPDATE audit SET actor_id = 0 WHERE actor_id = :member_id

-- name: audit_unname
UPDATE audit SET what = replace(what, :mention, :nobody),
  before = replace(before, :mention, :nobody), after = replace(after, :mention, :nobody)
WHERE what LIKE :pattern OR before LIKE :pattern OR after LIKE :pattern

-- Changes of settings stay as long as the server; that somebody's request was cancelled does not.
-- name: audit_forget
DELETE FROM audit WHERE guild_id = :guild_id AND what >= 'request ' AND what < 'request!'
  AND at < :before

-- name: jobs_unsign
UPDATE job SET cancelled_by = 0 WHERE cancelled_by = :member_id

-- name: member_lanes_forget
DELETE FROM member_lane WHERE member_id = :member_id
  AND NOT EXISTS (SELECT 1 FROM job
    WHERE job.member_id = member_lane.member_id AND job.guild_id = member_lane.guild_id)

-- name: member_lane_forget
DELETE FROM member_lane WHERE guild_id = :guild_id AND member_id = :member_id
  AND NOT EXISTS (SELECT 1 FROM job
    WHERE job.member_id = member_lane.member_id AND job.guild_id = member_lane.guild_id)

-- What follows is only read.
-- name: jobs_of_member
SELECT * FROM job WHERE member_id = :member_id ORDER BY guild_id, id

-- name: member_summed
SELECT count(*) AS requests, min(accepted_at) AS since,
  coalesce(sum(CASE WHEN state IN ('queued', 'running', 'drawn') THEN 1 ELSE 0 END), 0)
    AS unfinished
FROM job WHERE member_id = :member_id AND erased_at IS NULL

-- name: inputs
SELECT kind, idx, sha256 FROM input WHERE job_id = :job_id ORDER BY kind, idx

-- name: calls
SELECT * FROM call WHERE job_id = :job_id ORDER BY attempt, n

-- name: delivery_of_job
SELECT * FROM delivery WHERE job_id = :job_id

-- name: ledger_of_job
SELECT kind, pictures, micro, at FROM ledger WHERE job_id = :job_id ORDER BY at, kind

-- name: rules_naming
SELECT * FROM quota_rule WHERE subject = 'member' AND subject_id = :member_id

-- name: permits_naming
SELECT * FROM quota_permit WHERE subject = 'member' AND subject_id = :member_id

-- name: audit_naming
SELECT * FROM audit
WHERE actor_id = :member_id OR what LIKE :pattern OR before LIKE :pattern OR after LIKE :pattern
ORDER BY id

-- Servers.

-- name: guilds_known
SELECT guild_id FROM guild_lane UNION SELECT guild_id FROM guild_setting
UNION SELECT guild_id FROM quota_rule UNION SELECT guild_id FROM quota_permit

-- name: guild_lanes
SELECT guild_id FROM guild_lane

-- name: departures
SELECT guild_id, at FROM departure ORDER BY at

-- name: departure_begin
INSERT INTO departure (guild_id, at) VALUES (:guild_id, :now) ON CONFLICT (guild_id) DO NOTHING

-- name: departure_end
DELETE FROM departure WHERE guild_id = :guild_id

-- name: job_left_of_guild
SELECT id FROM job WHERE guild_id = :guild_id AND erased_at IS NULL LIMIT 1

-- name: rules_of_guild_erase
DELETE FROM quota_rule WHERE guild_id = :guild_id

-- name: permits_of_guild_erase
DELETE FROM quota_permit WHERE guild_id = :guild_id

-- name: settings_of_guild_erase
DELETE FROM guild_setting WHERE guild_id = :guild_id

-- name: audit_of_guild_erase
DELETE FROM audit WHERE guild_id = :guild_id

-- name: member_lanes_of_guild_erase
DELETE FROM member_lane WHERE guild_id = :guild_id

-- name: guild_lane_erase
DELETE FROM guild_lane WHERE guild_id = :guild_id
