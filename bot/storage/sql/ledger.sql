-- Every change of a counter, so that the sum can be proved.

-- name: ledger_insert
INSERT INTO ledger (job_id, attempt, kind, pictures, micro, at)
VALUES (:job_id, :attempt, :kind, :pictures, :micro, :now)
