-- Whose turn it is. Literals stand where a partial index must be used.

-- name: clock
SELECT vtime FROM sched WHERE id = 1

-- name: clock_locked
SELECT vtime FROM sched WHERE id = 1 FOR UPDATE

-- name: clock_advance
UPDATE sched SET vtime = :vtime WHERE id = 1 AND vtime < :vtime

-- name: member_clock_advance
UPDATE guild_lane SET member_vtime = :vtime WHERE guild_id = :guild_id AND member_vtime < :vtime

-- name: guild_lane_ensure
INSERT INTO guild_lane (guild_id, cap) VALUES (:guild_id, :cap)
ON CONFLICT (guild_id) DO UPDATE SET cap = excluded.cap WHERE guild_lane.cap <> excluded.cap

-- name: member_lane_ensure
INSERT INTO member_lane (guild_id, member_id, cap) VALUES (:guild_id, :member_id, :cap)
ON CONFLICT (guild_id, member_id)
DO UPDATE SET cap = excluded.cap WHERE member_lane.cap <> excluded.cap

-- name: guild_lane
SELECT weight, vtime, member_vtime, ready FROM guild_lane WHERE guild_id = :guild_id FOR UPDATE

-- name: member_lane
SELECT weight, vtime, ready FROM member_lane WHERE guild_id = :guild_id AND member_id = :member_id

-- name: member_clock
SELECT member_vtime AS vtime FROM guild_lane WHERE guild_id = :guild_id

-- name: pick_guild
SELECT guild_id, weight, vtime, member_vtime FROM guild_lane
WHERE ready = 1 ORDER BY vtime, guild_id LIMIT 1 FOR UPDATE

-- name: pick_member
SELECT member_id, weight, vtime FROM member_lane
WHERE guild_id = :guild_id AND ready = 1 ORDER BY vtime, member_id LIMIT 1

-- A lane that wakes up is lifted to the clock: having been quiet earns no credit.
-- name: member_lane_refresh
UPDATE member_lane SET
  vtime = CASE
    WHEN ready = 0 AND found.waits AND found.drawn < cap AND vtime + :moved < :clock THEN :clock
    ELSE vtime + :moved END,
  ready = CASE WHEN found.waits AND found.drawn < cap THEN 1 ELSE 0 END
FROM (SELECT
  EXISTS (SELECT 1 FROM job
    WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'queued') AS waits,
  (SELECT coalesce(sum(pictures), 0) FROM job
    WHERE guild_id = :guild_id AND member_id = :member_id AND state = 'running') AS drawn
) AS found
WHERE guild_id = :guild_id AND member_id = :member_id

-- name: guild_lane_refresh
UPDATE guild_lane SET
  vtime = CASE
    WHEN ready = 0 AND found.waits AND found.drawn < cap AND vtime + :moved < :clock THEN :clock
    ELSE vtime + :moved END,
  ready = CASE WHEN found.waits AND found.drawn < cap THEN 1 ELSE 0 END
FROM (SELECT
  EXISTS (SELECT 1 FROM member_lane WHERE guild_id = :guild_id AND ready = 1) AS waits,
  (SELECT coalesce(sum(pictures), 0) FROM job
    WHERE guild_id = :guild_id AND state = 'running') AS drawn
) AS found
WHERE guild_id = :guild_id

-- In one order, so that two who want all of them do not wait for each other.
-- name: guild_lanes_locked
SELECT count(*) AS lanes FROM (
  SELECT 1 FROM guild_lane ORDER BY guild_id FOR UPDATE
) AS locked

-- name: guild_cap
UPDATE guild_lane SET cap = :cap WHERE guild_id = :guild_id AND cap <> :cap

-- name: member_caps_of_guild
UPDATE member_lane SET cap = :cap WHERE guild_id = :guild_id AND cap <> :cap

-- name: guild_caps
UPDATE guild_lane SET cap = :cap WHERE cap <> :cap

-- name: member_caps
UPDATE member_lane SET cap = :cap WHERE cap <> :cap

-- The same for every lane whose flag is not what its jobs say: after a change of caps, and at start.
-- name: member_lanes_rederive
UPDATE member_lane SET
  vtime = CASE WHEN found.is_ready = 1 AND vtime < found.clock THEN found.clock ELSE vtime END,
  ready = found.is_ready
FROM (SELECT lane.guild_id AS of_guild, lane.member_id AS of_member, guild.member_vtime AS clock,
  CASE WHEN EXISTS (SELECT 1 FROM job
      WHERE job.guild_id = lane.guild_id AND job.member_id = lane.member_id
        AND state = 'queued')
    AND (SELECT coalesce(sum(pictures), 0) FROM job
      WHERE job.guild_id = lane.guild_id AND job.member_id = lane.member_id
        AND state = 'running') < lane.cap
    THEN 1 ELSE 0 END AS is_ready
  FROM member_lane AS lane JOIN guild_lane AS guild ON guild.guild_id = lane.guild_id
) AS found
WHERE guild_id = found.of_guild AND member_id = found.of_member AND ready <> found.is_ready

-- name: guild_lanes_rederive
UPDATE guild_lane SET
  vtime = CASE WHEN found.is_ready = 1 AND vtime < :clock THEN :clock ELSE vtime END,
  ready = found.is_ready
FROM (SELECT lane.guild_id AS of_guild,
  CASE WHEN EXISTS (SELECT 1 FROM member_lane AS member
      WHERE member.guild_id = lane.guild_id AND member.ready = 1)
    AND (SELECT coalesce(sum(pictures), 0) FROM job
      WHERE job.guild_id = lane.guild_id AND state = 'running') < lane.cap
    THEN 1 ELSE 0 END AS is_ready
  FROM guild_lane AS lane
) AS found
WHERE guild_id = found.of_guild AND ready <> found.is_ready

-- Lanes with something waiting, one seek for each: a backlog behind a lane costs nothing.
-- name: waiting_guilds
WITH RECURSIVE waiting (guild_id, nth) AS (
  SELECT min(guild_id), 1 FROM job WHERE state = 'queued'
  UNION ALL
  SELECT (SELECT min(job.guild_id) FROM job
    WHERE job.guild_id > waiting.guild_id AND state = 'queued'), nth + 1
  FROM waiting WHERE waiting.guild_id IS NOT NULL AND nth < :most
)
SELECT lane.guild_id AS id, lane.vtime, lane.ready, (SELECT count(*) FROM (
    SELECT 1 FROM job WHERE job.guild_id = lane.guild_id AND state = 'queued' LIMIT :each
  ) AS first_ones) AS waiting
FROM waiting JOIN guild_lane AS lane ON lane.guild_id = waiting.guild_id

-- name: waiting_members
WITH RECURSIVE waiting (member_id, nth) AS (
  SELECT min(member_id), 1 FROM job WHERE guild_id = :guild_id AND state = 'queued'
  UNION ALL
  SELECT (SELECT min(job.member_id) FROM job
    WHERE job.guild_id = :guild_id AND job.member_id > waiting.member_id AND state = 'queued'),
    nth + 1
  FROM waiting WHERE waiting.member_id IS NOT NULL AND nth < :most
)
SELECT lane.member_id AS id, lane.vtime, lane.ready, (SELECT count(*) FROM (
    SELECT 1 FROM job
    WHERE job.guild_id = lane.guild_id AND job.member_id = lane.member_id AND state = 'queued'
    LIMIT :each
  ) AS first_ones) AS waiting
FROM waiting
JOIN member_lane AS lane ON lane.guild_id = :guild_id AND lane.member_id = waiting.member_id
