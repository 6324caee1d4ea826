-- Several requests by one command, and the one card that shows them all. The nth of them stands for
-- an interaction of its own: -(1000 * id + n), which no id of Discord's is.
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  interaction_id BIGINT NOT NULL UNIQUE,
  guild_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  token TEXT NOT NULL,
  message_id BIGINT,
  asked INTEGER NOT NULL CHECK (asked > 0),
  refused INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0),
  accepted_at BIGINT NOT NULL,
  shown SMALLINT NOT NULL DEFAULT 0 CHECK (shown IN (0, 1))  -- whether its card says the last word
);
CREATE INDEX batch_followed ON batch (id) WHERE shown = 0;
CREATE INDEX batch_of_member ON batch (member_id);
CREATE INDEX batch_by_time ON batch (guild_id, accepted_at);

ALTER TABLE job ADD COLUMN batch_id BIGINT REFERENCES batch (id) ON DELETE SET NULL;
CREATE INDEX job_of_batch ON job (batch_id) WHERE batch_id IS NOT NULL;
