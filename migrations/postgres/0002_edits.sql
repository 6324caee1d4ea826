-- Requests that are drawn from pictures: what is worth saying about their results, and which jobs
-- still hold files.

-- One of core.jobs.Note.
ALTER TABLE job ADD COLUMN note TEXT;

CREATE INDEX job_holding ON job (id) WHERE state IN ('drawn', 'kept');
