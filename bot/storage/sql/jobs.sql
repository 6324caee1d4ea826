-- Jobs, the calls made for them, and the pictures that came of them.

-- What was erased is not known any more, to anybody.
-- name: job
SELECT * FROM job WHERE id = :job_id AND erased_at IS NULL

-- name: job_zone
SELECT zone FROM job WHERE id = :job_id

-- name: job_by_interaction
SELECT * FROM job WHERE interaction_id = :interaction_id

-- name: waiting_of_member
SELECT count(*) AS waiting FROM (
  SELECT 1 FROM job
  WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'queued' LIMIT :most
) AS first_ones

-- name: waiting_of_guild
SELECT count(*) AS waiting FROM (
  SELECT 1 FROM job WHERE guild_id = :guild_id AND state = 'queued' LIMIT :most
) AS first_ones

-- The parent may have been erased since its button was drawn.
-- name: job_insert
INSERT INTO job (interaction_id, guild_id, channel_id, member_id, application_id, token,
  upload_limit, message_id, parent_id, batch_id, request, pictures, estimate, zone, accepted_at)
VALUES (:interaction_id, :guild_id, :channel_id, :member_id, :application_id, :token,
  :upload_limit, :message_id, (SELECT id FROM job WHERE id = :parent_id), :batch_id, :request,
  :pictures, :estimate, :zone, :now)
RETURNING *

-- name: job_answered
UPDATE job SET message_id = :message_id WHERE id = :job_id

-- name: job_take
UPDATE job SET state = 'running', attempt = attempt + 1, worker = :worker,
  lease_until = :lease_until, started_at = :now
WHERE id = (SELECT id FROM job
  WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'queued' ORDER BY id LIMIT 1)
RETURNING *

-- What follows is fenced: it changes the job only for the attempt that holds it.
-- name: job_held
SELECT lease_until FROM job
WHERE id = :job_id AND attempt = :attempt AND state = 'running' FOR UPDATE

-- What was withdrawn is not sent any more.
-- name: job_wanted
SELECT id FROM job
WHERE id = :job_id AND attempt = :attempt AND state = 'running' AND cancelled_by IS NULL FOR UPDATE

-- name: job_renew
UPDATE job SET lease_until = :lease_until
WHERE id = :job_id AND attempt = :attempt AND state = 'running'

-- name: job_lapsed
SELECT id FROM job
WHERE id = :job_id AND attempt = :attempt AND state = 'running' AND lease_until <= :now

-- name: job_drawn
UPDATE job SET state = CASE WHEN cancelled_by IS NULL THEN 'drawn' ELSE 'cancelled' END,
  cost = :cost, provider = :provider, note = :note, finished_at = :now, lease_until = NULL
WHERE id = :job_id AND attempt = :attempt AND state = 'running' RETURNING *

-- name: job_failed
UPDATE job SET state = CASE WHEN cancelled_by IS NULL THEN :state ELSE 'cancelled' END,
  failure = :failure, finished_at = :now, lease_until = NULL
WHERE id = :job_id AND attempt = :attempt AND state = 'running' RETURNING *

-- A call that may have been paid keeps its job from being queued, and so paid, again.
-- name: job_requeue
UPDATE job SET state = 'queued', worker = NULL, lease_until = NULL, started_at = NULL
WHERE id = :job_id AND attempt = :attempt AND state = 'running' AND cancelled_by IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM call WHERE job_id = :job_id AND attempt = :attempt AND state = 'sent')
RETURNING *

-- name: job_withdraw
UPDATE job SET state = 'cancelled', finished_at = :now, lease_until = NULL
WHERE id = :job_id AND attempt = :attempt AND state = 'running' AND cancelled_by IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM call WHERE job_id = :job_id AND attempt = :attempt AND state = 'sent')
RETURNING *

-- name: job_crashed
UPDATE job SET crashes = crashes + 1 WHERE id = :job_id RETURNING crashes

-- name: job_cancel
UPDATE job SET state = 'cancelled', cancelled_by = :by, finished_at = :now
WHERE id = :job_id AND state = 'queued'

-- name: job_cancel_running
UPDATE job SET cancelled_by = :by
WHERE id = :job_id AND state = 'running' AND cancelled_by IS NULL

-- name: job_delivered
UPDATE job SET state = 'delivered' WHERE id = :job_id AND state = 'drawn'

-- name: job_kept
UPDATE job SET state = 'kept' WHERE id = :job_id AND state = 'drawn'

-- In the order of the index: sorted by id, SQLite would read every job there ever was.
-- name: jobs_running
SELECT * FROM job WHERE state = 'running' ORDER BY guild_id, member_id

-- name: jobs_expired
SELECT * FROM job WHERE state = 'running' AND lease_until <= :now ORDER BY guild_id, member_id

-- name: jobs_unfinished
SELECT * FROM job WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'queued'
UNION ALL
SELECT * FROM job WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'running'
UNION ALL
SELECT * FROM job WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'drawn'
ORDER BY id

-- name: jobs_counted
SELECT 'queued' AS state, count(*) AS jobs FROM job WHERE state = 'queued'
UNION ALL
SELECT 'running' AS state, count(*) AS jobs FROM job WHERE state = 'running'
UNION ALL
SELECT 'drawn' AS state, count(*) AS jobs FROM job WHERE state = 'drawn'

-- Which of its member's waiting jobs this one is, from 1.
-- name: job_nth
SELECT count(*) AS nth FROM (
  SELECT 1 FROM job
  WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'queued' AND id <= :job_id
  LIMIT :most
) AS first_ones

-- name: call_insert
INSERT INTO call (job_id, attempt, n, provider, state, at)
VALUES (:job_id, :attempt, :n, :provider, 'sent', :now)
ON CONFLICT (job_id, attempt, n) DO NOTHING

-- name: call_rejected
UPDATE call SET state = 'rejected', code = :code, ended_at = :now
WHERE job_id = :job_id AND attempt = :attempt AND n = :n AND state = 'sent'

-- name: calls_end
UPDATE call SET state = :state, code = :code, ended_at = :now
WHERE job_id = :job_id AND attempt = :attempt AND state = 'sent'

-- name: call_sent
SELECT n FROM call WHERE job_id = :job_id AND attempt = :attempt AND state = 'sent' LIMIT 1

-- name: call_unknown
SELECT n FROM call WHERE job_id = :job_id AND state = 'unknown' LIMIT 1

-- name: picture_insert
INSERT INTO picture (job_id, idx, sha256, format, width, height, bytes)
VALUES (:job_id, :idx, :sha256, :format, :width, :height, :bytes)

-- name: pictures
SELECT * FROM picture WHERE job_id = :job_id ORDER BY idx

-- Files of a posted job that no other job still needs, to post or to draw from.
-- name: pictures_unneeded
SELECT DISTINCT sha256 FROM picture AS mine
WHERE job_id = :job_id AND NOT EXISTS (
  SELECT 1 FROM picture AS theirs JOIN job ON job.id = theirs.job_id
  WHERE theirs.sha256 = mine.sha256 AND job.state IN ('drawn', 'kept')
) AND NOT EXISTS (SELECT 1 FROM input WHERE input.sha256 = mine.sha256)

-- A member's pictures and the messages that show them.
-- name: jobs_shown_before
SELECT job.*, delivery.channel_id AS shown_channel, delivery.message_id AS shown_message
FROM job JOIN delivery ON delivery.job_id = job.id AND delivery.kind = 'picture'
WHERE job.member_id = :member_id AND job.state IN ('delivered', 'kept') AND job.id < :job_id
  AND job.erased_at IS NULL
ORDER BY job.id DESC LIMIT :most

-- name: jobs_shown_after
SELECT job.*, delivery.channel_id AS shown_channel, delivery.message_id AS shown_message
FROM job JOIN delivery ON delivery.job_id = job.id AND delivery.kind = 'picture'
WHERE job.member_id = :member_id AND job.state IN ('delivered', 'kept') AND job.id > :job_id
  AND job.erased_at IS NULL
ORDER BY job.id LIMIT :most

-- name: jobs_kept
SELECT count(*) AS jobs FROM job
WHERE member_id = :member_id AND state = 'kept' AND finished_at >= :drawn_after
  AND erased_at IS NULL

-- name: jobs_queued_of_guild
SELECT * FROM job WHERE guild_id = :guild_id AND state = 'queued' ORDER BY member_id, id

-- name: jobs_running_of_guild
SELECT * FROM job WHERE guild_id = :guild_id AND state = 'running' ORDER BY member_id

-- What was charged for the requests of a server that were accepted in a time.
-- name: spent
SELECT job.member_id, coalesce(job.request::jsonb ->> 'model', '') AS model,
  count(*) AS requests, sum(ledger.pictures) AS pictures, sum(ledger.micro) AS micro
FROM job JOIN ledger ON ledger.job_id = job.id AND ledger.kind = 'charge'
WHERE job.guild_id = :guild_id AND job.accepted_at >= :since AND job.accepted_at < :until
GROUP BY job.member_id, model ORDER BY job.member_id, model

-- name: jobs_last
SELECT * FROM job
WHERE member_id = :member_id AND guild_id = :guild_id AND state IN ('delivered', 'kept')
  AND erased_at IS NULL
ORDER BY id DESC LIMIT :most
