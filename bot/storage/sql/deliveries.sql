-- Outcomes on their way to their authors.

-- The card of a batch shows all of its requests, so their outcomes are messages of their own.
-- name: delivery_insert
INSERT INTO delivery (job_id, kind, route, due_at)
SELECT id, :kind, CASE WHEN batch_id IS NULL THEN 'reply' ELSE 'channel' END, :now
FROM job WHERE id = :job_id

-- name: delivery_take
UPDATE delivery SET due_at = :lease_until, lease_until = :lease_until
WHERE id = (SELECT id FROM delivery
  WHERE state = 'pending' AND due_at <= :now
  ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *

-- name: delivery_due
SELECT due_at FROM delivery WHERE state = 'pending' ORDER BY due_at, id LIMIT 1

-- name: parts
SELECT * FROM part WHERE delivery_id = :delivery_id ORDER BY n

-- name: part_sending
INSERT INTO part (delivery_id, n, state, route, at)
VALUES (:delivery_id, :n, 'sending', :route, :now)
ON CONFLICT (delivery_id, n) DO UPDATE SET route = excluded.route, at = excluded.at
WHERE part.state = 'sending'

-- Its route stays the one that it was asked for by.
-- name: part_sent
INSERT INTO part (delivery_id, n, state, route, message_id, channel_id, at)
VALUES (:delivery_id, :n, 'posted', :route, :message_id, :channel_id, :now)
ON CONFLICT (delivery_id, n) DO UPDATE SET state = 'posted', message_id = excluded.message_id,
  channel_id = excluded.channel_id, at = excluded.at
WHERE part.state = 'sending'

-- name: delivery_done
UPDATE delivery SET state = 'done', route = :route, message_id = :message_id,
  channel_id = :channel_id, done_at = :now, lease_until = NULL
WHERE id = :delivery_id AND state = 'pending' RETURNING job_id, kind

-- name: delivery_postpone
UPDATE delivery SET route = :route, tries = :tries, due_at = :due_at, lease_until = NULL
WHERE id = :delivery_id AND state = 'pending'

-- name: delivery_keep
UPDATE delivery SET state = 'kept', route = 'keep', lease_until = NULL
WHERE id = :delivery_id AND state = 'pending' RETURNING job_id, kind

-- Nobody holds them any more: whoever did is gone.
-- name: deliveries_free
UPDATE delivery SET due_at = :now, lease_until = NULL
WHERE state = 'pending' AND lease_until IS NOT NULL
