-- Small things worth knowing after a restart.

-- name: fact
SELECT value FROM fact WHERE name = :name

-- name: fact_set
INSERT INTO fact (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: fact_forget
DELETE FROM fact WHERE name = :name
