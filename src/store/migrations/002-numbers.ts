/**
 * Money, usage details, how answers streamed, rate limits. Amounts are whole nano-dollars, so that a
 * session's sum is exactly that of its exchanges; `cost_usd` is the same for a person's own SQL.
 * Exchanges recorded before have no price until `lunaroute prices reprice`.
 */
export const NUMBERS_SCHEMA = `
ALTER TABLE exchanges ADD COLUMN cost_nano_usd INTEGER;
-- exact or estimated; NULL: unknown.
ALTER TABLE exchanges ADD COLUMN cost_certainty TEXT;
ALTER TABLE exchanges ADD COLUMN price_version TEXT;
ALTER TABLE exchanges ADD COLUMN cost_usd REAL GENERATED ALWAYS AS (cost_nano_usd / 1e9) VIRTUAL;
-- JSON of what is not the default (src/core/usage-details.ts); NULL: nothing is.
ALTER TABLE exchanges ADD COLUMN usage_details TEXT;
-- A guess, only where the provider counted nothing; in no sum.
ALTER TABLE exchanges ADD COLUMN estimated_input_tokens INTEGER;
ALTER TABLE exchanges ADD COLUMN estimated_output_tokens INTEGER;
ALTER TABLE exchanges ADD COLUMN gap_p50_ms REAL;
ALTER TABLE exchanges ADD COLUMN gap_p95_ms REAL;
ALTER TABLE exchanges ADD COLUMN gap_p99_ms REAL;
-- JSON: [count, sum in ms] per bound of GAP_BOUNDS_MS (src/core/latency.ts).
ALTER TABLE exchanges ADD COLUMN gap_buckets TEXT;

ALTER TABLE sessions ADD COLUMN cost_nano_usd INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN cost_usd REAL GENERATED ALWAYS AS (cost_nano_usd / 1e9) VIRTUAL;
-- How many exchanges have a price of which certainty; usage_count + unknown_usage_count - both: none.
ALTER TABLE sessions ADD COLUMN exact_cost_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN estimated_cost_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN project TEXT;

ALTER TABLE tool_calls ADD COLUMN argument_bytes INTEGER;

-- The last word of each provider about each account; account is a masked credential.
CREATE TABLE rate_limits (
  provider TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  max_count REAL,
  remaining REAL,
  used_share REAL,
  resets_at INTEGER,
  status TEXT,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (provider, account, name)
) STRICT, WITHOUT ROWID;
`;
