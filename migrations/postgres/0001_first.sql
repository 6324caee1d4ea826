-- The first schema: whose turn it is, jobs and what came of them, quotas, deliveries, settings.
--
-- Integers throughout: times are microseconds since 1970-01-01 UTC, money is micro-dollars, flags are
-- 0 or 1, and ids of servers, members, channels and messages are Discord's own. The same text as
-- for SQLite but for the identity columns, and what stands below the last line of dashes.

-- The clock of virtual time; its one row is also what serialises claims on PostgreSQL.
CREATE TABLE sched (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  vtime BIGINT NOT NULL
);
INSERT INTO sched (id, vtime) VALUES (1, 0);

-- Servers in the order of turns. "ready" is derived from job rows by every transaction that changes
-- them, never counted up and down, so there is nothing that could leak.
CREATE TABLE guild_lane (
  guild_id BIGINT PRIMARY KEY,
  weight INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
  cap INTEGER NOT NULL CHECK (cap >= 0),              -- pictures drawn at once
  vtime BIGINT NOT NULL DEFAULT 0,                    -- start tag of the next job
  member_vtime BIGINT NOT NULL DEFAULT 0,             -- the clock of the members inside
  ready SMALLINT NOT NULL DEFAULT 0 CHECK (ready IN (0, 1))
);
CREATE INDEX guild_lane_ready ON guild_lane (vtime, guild_id) WHERE ready = 1;

CREATE TABLE member_lane (
  guild_id BIGINT NOT NULL REFERENCES guild_lane (guild_id),
  member_id BIGINT NOT NULL,
  weight INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
  cap INTEGER NOT NULL CHECK (cap >= 0),
  vtime BIGINT NOT NULL DEFAULT 0,
  ready SMALLINT NOT NULL DEFAULT 0 CHECK (ready IN (0, 1)),
  PRIMARY KEY (guild_id, member_id)
);
CREATE INDEX member_lane_ready ON member_lane (guild_id, vtime, member_id) WHERE ready = 1;

-- Ids are never used twice: buttons under old messages name them.
CREATE TABLE job (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interaction_id BIGINT NOT NULL UNIQUE,              -- the same click is never queued twice
  guild_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  token TEXT NOT NULL,
  upload_limit BIGINT NOT NULL,
  message_id BIGINT,
  parent_id BIGINT REFERENCES job (id) ON DELETE SET NULL,
  request TEXT NOT NULL,                              -- JSON
  pictures INTEGER NOT NULL CHECK (pictures > 0),     -- asked for
  estimate BIGINT NOT NULL CHECK (estimate >= 0),     -- reserved while queued or running
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN (
    'queued', 'running', 'drawn', 'delivered', 'kept', 'failed', 'unknown', 'cancelled')),
  attempt INTEGER NOT NULL DEFAULT 0,                 -- the fencing token: grows with each claim
  worker TEXT,
  lease_until BIGINT,
  zone TEXT NOT NULL,                                 -- with accepted_at: the periods it counts in
  accepted_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  cost BIGINT CHECK (cost >= 0),
  provider TEXT,
  failure TEXT,
  CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
-- They end with the state although it says nothing: SQLite counts by it without the rows.
CREATE INDEX job_queued ON job (guild_id, member_id, id, state) WHERE state = 'queued';
CREATE INDEX job_running ON job (guild_id, member_id, pictures, state) WHERE state = 'running';
CREATE INDEX job_drawn ON job (guild_id, member_id, id, state) WHERE state = 'drawn';
CREATE INDEX job_parent ON job (parent_id) WHERE parent_id IS NOT NULL;

-- The intent to call is committed before the socket opens: whatever is still 'sent' after a crash
-- may have been paid.
CREATE TABLE call (
  job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  provider TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sent', 'rejected', 'answered', 'unknown')),
  code TEXT,
  at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (job_id, attempt, n)
);

-- What was drawn; the bytes are in blobs of that hash.
CREATE TABLE picture (
  job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  idx INTEGER NOT NULL CHECK (idx >= 0),
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (job_id, idx)
);
CREATE INDEX picture_sha256 ON picture (sha256);

-- What a job is drawn from.
CREATE TABLE input (
  job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'mask')),
  idx INTEGER NOT NULL CHECK (idx >= 0),
  sha256 TEXT NOT NULL,
  PRIMARY KEY (job_id, kind, idx)
);
CREATE INDEX input_sha256 ON input (sha256);

-- Outcomes on their way to their authors. While somebody holds one, due_at is when the lease ends.
CREATE TABLE delivery (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('picture', 'notice')),
  route TEXT NOT NULL DEFAULT 'reply' CHECK (route IN ('reply', 'channel', 'direct', 'keep')),
  tries INTEGER NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL,
  lease_until BIGINT,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'kept')),
  message_id BIGINT,                                  -- where it can be seen
  channel_id BIGINT,
  done_at BIGINT,
  UNIQUE (job_id, kind)
);
CREATE INDEX delivery_due ON delivery (due_at, id) WHERE state = 'pending';

-- NULL is no limit.
CREATE TABLE quota_rule (
  guild_id BIGINT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('server', 'everyone')),
  period TEXT NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month')),
  pictures BIGINT CHECK (pictures >= 0),
  micro BIGINT CHECK (micro >= 0),
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (guild_id, subject, period),
  CHECK (pictures IS NOT NULL OR micro IS NOT NULL)
);

-- subject_id is the guild's for the server, the member's for everyone. At every commit, reserved is
-- the ledger's reserve less its release, and used is its charge.
CREATE TABLE quota_counter (
  guild_id BIGINT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('server', 'everyone')),
  subject_id BIGINT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month')),
  starts_at BIGINT NOT NULL,
  reserved_pictures BIGINT NOT NULL DEFAULT 0 CHECK (reserved_pictures >= 0),
  reserved_micro BIGINT NOT NULL DEFAULT 0 CHECK (reserved_micro >= 0),
  used_pictures BIGINT NOT NULL DEFAULT 0 CHECK (used_pictures >= 0),
  used_micro BIGINT NOT NULL DEFAULT 0 CHECK (used_micro >= 0),
  PRIMARY KEY (guild_id, subject, subject_id, period, starts_at)
);

-- 'unknown' is what a call without an answer may have cost: the operator's concern, nobody's quota.
-- A second reserve, release or charge of one job is an error, whatever the attempt.
CREATE TABLE ledger (
  job_id BIGINT NOT NULL REFERENCES job (id),
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reserve', 'release', 'charge', 'unknown')),
  pictures BIGINT NOT NULL CHECK (pictures >= 0),
  micro BIGINT NOT NULL CHECK (micro >= 0),
  at BIGINT NOT NULL,
  UNIQUE (job_id, attempt, kind)
);
CREATE UNIQUE INDEX ledger_once ON ledger (job_id, kind) WHERE kind <> 'unknown';

CREATE TABLE guild_setting (
  guild_id BIGINT PRIMARY KEY,
  show_costs SMALLINT NOT NULL DEFAULT 0 CHECK (show_costs IN (0, 1))
);

-- Small things worth knowing after a restart.
CREATE TABLE fact (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- ------------------------------------------------------------------------------ PostgreSQL alone

-- Picture bytes, for workers on several machines, where SQLite has files beside it.
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY,
  data BYTEA NOT NULL,
  holders INTEGER NOT NULL,                           -- how many put it and did not let go of it
  put_at BIGINT NOT NULL                              -- the last time
);
-- Pictures are compressed already.
ALTER TABLE blob ALTER COLUMN data SET STORAGE EXTERNAL;

-- Answers of image services whose pictures are being put.
CREATE TABLE announcement (
  job_id BIGINT NOT NULL,
  attempt INTEGER NOT NULL,
  answer TEXT NOT NULL,                               -- JSON
  PRIMARY KEY (job_id, attempt)
);

-- Tells whoever listens that a job may start, or that an outcome is due. Only a hint: it is lost
-- where nobody listens.
CREATE FUNCTION easel_hint() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('easel', ''); RETURN NULL; END $$;

CREATE TRIGGER guild_lane_hint AFTER UPDATE OF ready ON guild_lane
FOR EACH ROW WHEN (OLD.ready = 0 AND NEW.ready = 1) EXECUTE FUNCTION easel_hint();

CREATE TRIGGER delivery_hint AFTER INSERT ON delivery
FOR EACH ROW EXECUTE FUNCTION easel_hint();
