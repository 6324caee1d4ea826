-- What is needed to forget: requests that are old, members who ask for it, servers that left.

-- When its words, its pictures and its places were erased; what it cost stays, for the sums. Until
-- all periods that it counts in are over, its member stays too, or a number that stands for one who
-- is erased; after that member_id is 0.
ALTER TABLE job ADD COLUMN erased_at BIGINT;

CREATE INDEX job_of_member ON job (member_id, guild_id, id);
CREATE INDEX job_withdrawn_by ON job (cancelled_by) WHERE cancelled_by IS NOT NULL;
CREATE INDEX job_remembered ON job (guild_id, accepted_at) WHERE erased_at IS NULL;
CREATE INDEX job_named ON job (guild_id, accepted_at) WHERE erased_at IS NOT NULL AND member_id <> 0;
CREATE INDEX job_token ON job (accepted_at) WHERE token <> '';
CREATE INDEX counter_of_member ON quota_counter (account_id) WHERE account = 'member';

-- Members who asked to be erased and are not yet: something of theirs is being drawn or posted. What
-- they asked for after that, with a larger number than last_job, is not meant.
CREATE TABLE erasure (
  member_id BIGINT PRIMARY KEY,
  last_job BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- Servers that the bot is no longer in, and since when it is known.
CREATE TABLE departure (
  guild_id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL
);

-- What was forgotten is not offered any more, and is not looked at to know that.
DROP INDEX job_kept;
CREATE INDEX job_kept ON job (member_id, finished_at, state, erased_at) WHERE state = 'kept';
