-- Several requests by one command.

-- name: batch_insert
INSERT INTO batch (interaction_id, guild_id, channel_id, member_id, application_id, token, asked,
  accepted_at)
VALUES (:interaction_id, :guild_id, :channel_id, :member_id, :application_id, :token, :asked, :now)
ON CONFLICT (interaction_id) DO NOTHING RETURNING id

-- name: batch
SELECT * FROM batch WHERE id = :batch_id

-- name: batch_jobs
SELECT * FROM job WHERE batch_id = :batch_id ORDER BY id

-- name: batch_refused
UPDATE batch SET refused = :refused WHERE id = :batch_id

-- name: batch_answered
UPDATE batch SET message_id = :message_id WHERE id = :batch_id

-- name: batch_jobs_answered
UPDATE job SET message_id = :message_id WHERE batch_id = :batch_id

-- name: batch_shown
UPDATE batch SET shown = 1, token = '' WHERE id = :batch_id

-- name: batches_followed
SELECT id FROM batch WHERE shown = 0 ORDER BY id

-- name: batches_of_member
SELECT * FROM batch WHERE member_id = :member_id ORDER BY id

-- Of those whose requests are all forgotten.
-- name: batches_of_member_erase
DELETE FROM batch WHERE member_id = :member_id
  AND NOT EXISTS (SELECT 1 FROM job WHERE job.batch_id = batch.id)

-- name: batches_forget
DELETE FROM batch WHERE guild_id = :guild_id AND accepted_at < :before
  AND NOT EXISTS (SELECT 1 FROM job WHERE job.batch_id = batch.id)
