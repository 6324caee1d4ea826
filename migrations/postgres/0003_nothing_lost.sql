-- What is needed to say exactly what became of each request, wherever the process died.

-- Messages of one outcome. 'sending' was written before Discord was asked, 'posted' after it
-- answered; in between, nobody knows, and Discord is asked again before anything is posted twice.
CREATE TABLE part (
  delivery_id BIGINT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  n INTEGER NOT NULL CHECK (n >= 0),
  state TEXT NOT NULL CHECK (state IN ('sending', 'posted')),
  route TEXT NOT NULL CHECK (route IN ('reply', 'channel', 'direct')),
  channel_id BIGINT,
  message_id BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, n),
  CHECK (state = 'sending' OR message_id IS NOT NULL)
);

-- Who asked to withdraw it while it was being drawn.
ALTER TABLE job ADD COLUMN cancelled_by BIGINT;

-- How often the process died with it in hand.
ALTER TABLE job ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;

-- A member's pictures, newest first.
CREATE INDEX job_shown ON job (member_id, id) WHERE state IN ('delivered', 'kept');

-- What could not be posted anywhere, and since when; it ends with the state so that it counts alone.
CREATE INDEX job_kept ON job (member_id, finished_at, state) WHERE state = 'kept';

-- With that and job_drawn, nothing asks for it any more.
DROP INDEX job_holding;
