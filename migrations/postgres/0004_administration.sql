-- What owners of servers decide: limits by role and member, what may be asked for, settings, and a
-- record of each change.

-- Whom a rule limits is named by subject_id: a role or a member; 0 for the server and for everyone.
-- With neither pictures nor money it says that there is no limit.
CREATE TABLE new_rule (
  guild_id BIGINT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('server', 'everyone', 'role', 'member')),
  subject_id BIGINT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month')),
  pictures BIGINT CHECK (pictures >= 0),
  micro BIGINT CHECK (micro >= 0),
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (guild_id, subject, subject_id, period)
);
INSERT INTO new_rule SELECT guild_id, subject, 0, period, pictures, micro, set_by, set_at FROM quota_rule;
DROP TABLE quota_rule;
ALTER TABLE new_rule RENAME TO quota_rule;

-- What may be asked for, apart from how much; NULL says nothing about it.
CREATE TABLE quota_permit (
  guild_id BIGINT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('server', 'everyone', 'role', 'member')),
  subject_id BIGINT NOT NULL,
  models TEXT,                                        -- JSON: a list of ids
  quality TEXT,
  pixels BIGINT CHECK (pixels > 0),
  pictures INTEGER CHECK (pictures > 0),              -- of one request
  edits SMALLINT CHECK (edits IN (0, 1)),
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (guild_id, subject, subject_id)
);

-- Whose use is counted: a server's, a member's in one server, and what the operator pays: for each
-- server (its id) and for all of them (0), on the calendar of UTC. At every commit, reserved is the
-- ledger's reserve less its release, and used is its charge; granted is an admin's, and forgiven is
-- what was charged up to forgiven_at, where an admin let the account begin anew.
CREATE TABLE new_counter (
  guild_id BIGINT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('operator', 'server', 'member')),
  account_id BIGINT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month')),
  starts_at BIGINT NOT NULL,
  reserved_pictures BIGINT NOT NULL DEFAULT 0 CHECK (reserved_pictures >= 0),
  reserved_micro BIGINT NOT NULL DEFAULT 0 CHECK (reserved_micro >= 0),
  used_pictures BIGINT NOT NULL DEFAULT 0 CHECK (used_pictures >= 0),
  used_micro BIGINT NOT NULL DEFAULT 0 CHECK (used_micro >= 0),
  granted_pictures BIGINT NOT NULL DEFAULT 0,
  granted_micro BIGINT NOT NULL DEFAULT 0,
  forgiven_pictures BIGINT NOT NULL DEFAULT 0 CHECK (forgiven_pictures >= 0),
  forgiven_micro BIGINT NOT NULL DEFAULT 0 CHECK (forgiven_micro >= 0),
  forgiven_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (guild_id, account, account_id, period, starts_at)
);
INSERT INTO new_counter (guild_id, account, account_id, period, starts_at,
  reserved_pictures, reserved_micro, used_pictures, used_micro)
SELECT guild_id, CASE subject WHEN 'everyone' THEN 'member' ELSE 'server' END, subject_id, period,
  starts_at, reserved_pictures, reserved_micro, used_pictures, used_micro
FROM quota_counter;
-- Everything was counted in UTC so far, so what servers used is what the operator paid for them.
INSERT INTO new_counter (guild_id, account, account_id, period, starts_at,
  reserved_pictures, reserved_micro, used_pictures, used_micro)
SELECT guild_id, 'operator', guild_id, period, starts_at,
  reserved_pictures, reserved_micro, used_pictures, used_micro
FROM quota_counter WHERE subject = 'server' AND period IN ('day', 'month') AND guild_id <> 0;
INSERT INTO new_counter (guild_id, account, account_id, period, starts_at,
  reserved_pictures, reserved_micro, used_pictures, used_micro)
SELECT 0, 'operator', 0, period, starts_at,
  sum(reserved_pictures), sum(reserved_micro), sum(used_pictures), sum(used_micro)
FROM quota_counter WHERE subject = 'server' AND period IN ('day', 'month')
GROUP BY period, starts_at;
DROP TABLE quota_counter;
ALTER TABLE new_counter RENAME TO quota_counter;

-- As JSON, by the names of core.guilds.GuildSettings; what is not in it was not chosen.
CREATE TABLE new_setting (
  guild_id BIGINT PRIMARY KEY,
  chosen TEXT NOT NULL
);
INSERT INTO new_setting SELECT guild_id,
  CASE show_costs WHEN 1 THEN '{"show_costs":true}' ELSE '{}' END FROM guild_setting;
DROP TABLE guild_setting;
ALTER TABLE new_setting RENAME TO guild_setting;

-- Who changed what, in words.
CREATE TABLE audit (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guild_id BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX audit_guild ON audit (guild_id, id);
CREATE INDEX audit_what ON audit (guild_id, what, id);

CREATE INDEX job_by_time ON job (guild_id, accepted_at);
