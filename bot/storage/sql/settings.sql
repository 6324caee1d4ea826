-- What servers chose, and small things worth knowing after a restart.

-- name: setting
SELECT * FROM guild_setting WHERE guild_id = :guild_id

-- name: setting_show_costs
INSERT INTO guild_setting (guild_id, show_costs) VALUES (:guild_id, :shown)
ON CONFLICT (guild_id) DO UPDATE SET show_costs = excluded.show_costs

-- name: fact
SELECT value FROM fact WHERE name = :name

-- name: fact_set
INSERT INTO fact (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
