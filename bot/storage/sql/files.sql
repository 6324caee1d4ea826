-- Files that requests are drawn from, and which files anybody still needs.

-- name: input_insert
INSERT INTO input (job_id, kind, idx, sha256) VALUES (:job_id, :kind, :idx, :sha256)

-- Finished requests so old that they are not repeated any more.
-- name: inputs_forget
DELETE FROM input WHERE job_id IN (
  SELECT input.job_id FROM input JOIN job ON job.id = input.job_id
  WHERE job.accepted_at < :before AND job.state NOT IN ('queued', 'running'))

-- name: files_in_use
SELECT sha256 FROM input
UNION ALL
SELECT picture.sha256 FROM job JOIN picture ON picture.job_id = job.id
WHERE job.state = 'drawn'
UNION ALL
SELECT picture.sha256 FROM job JOIN picture ON picture.job_id = job.id
WHERE job.state = 'kept' AND job.finished_at >= :results_after
