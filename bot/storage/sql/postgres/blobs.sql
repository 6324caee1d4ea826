-- Picture bytes in the database, and answers on their way into it.

-- name: blob_hold
UPDATE blob SET holders = holders + 1, put_at = :now WHERE sha256 = :sha256

-- Another one may have put the same in this moment.
-- name: blob_insert
INSERT INTO blob (sha256, data, holders, put_at) VALUES (:sha256, :data, 1, :now)
ON CONFLICT (sha256) DO UPDATE SET holders = blob.holders + 1, put_at = excluded.put_at

-- name: blob
SELECT data FROM blob WHERE sha256 = :sha256

-- name: blob_known
SELECT 1 AS known FROM blob WHERE sha256 = :sha256

-- name: blob_let_go
UPDATE blob SET holders = holders - 1 WHERE sha256 = :sha256

-- name: blob_drop
DELETE FROM blob WHERE sha256 = :sha256 AND holders <= 0

-- name: blobs_older
SELECT sha256 FROM blob WHERE put_at < :before ORDER BY sha256

-- name: announcement_set
INSERT INTO announcement (job_id, attempt, answer) VALUES (:job_id, :attempt, :answer)
ON CONFLICT (job_id, attempt) DO UPDATE SET answer = excluded.answer

-- name: announcements
SELECT answer FROM announcement ORDER BY job_id, attempt

-- Not those whose worker is at it: they are its own.
-- name: announcements_left
SELECT answer FROM announcement WHERE NOT EXISTS (
  SELECT 1 FROM job WHERE job.id = announcement.job_id AND job.attempt = announcement.attempt
    AND state = 'running' AND lease_until > :now
) ORDER BY job_id, attempt

-- name: announcement_withdraw
DELETE FROM announcement WHERE job_id = :job_id AND attempt = :attempt
