/**
 * The first schema. Times are epoch milliseconds, durations milliseconds; NULL means not known.
 * `sessions` holds true sums, so that a person's own SQL stays simple. Keys named `*_key` are local
 * to the file; ids (`session_id`, `exchange_id`, `call_id`) are what the outside knows.
 */
export const INITIAL_SCHEMA = `
-- One row per LunaRoute process that recorded here: tells whose open exchanges are orphans.
CREATE TABLE runs (
  run_key INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;

CREATE TABLE sessions (
  session_key INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  last_activity_at INTEGER NOT NULL,
  client TEXT NOT NULL,
  provider TEXT NOT NULL,
  model_used TEXT,
  title TEXT,
  request_count INTEGER NOT NULL DEFAULT 0,
  error_count INTEGER NOT NULL DEFAULT 0,
  completed_count INTEGER NOT NULL DEFAULT 0,
  failed_count INTEGER NOT NULL DEFAULT 0,
  incomplete_count INTEGER NOT NULL DEFAULT 0,
  aborted_count INTEGER NOT NULL DEFAULT 0,
  interrupted_count INTEGER NOT NULL DEFAULT 0,
  usage_count INTEGER NOT NULL DEFAULT 0,
  unknown_usage_count INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_5m_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  tool_call_count INTEGER NOT NULL DEFAULT 0,
  timed_count INTEGER NOT NULL DEFAULT 0,
  total_ms REAL NOT NULL DEFAULT 0,
  overhead_ms REAL NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sessions_by_activity ON sessions (last_activity_at);

-- Who asked whom: the same few combinations for thousands of exchanges.
CREATE TABLE origins (
  origin_key INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  client_version TEXT,
  user_agent TEXT,
  provider TEXT NOT NULL,
  dialect TEXT,
  transport TEXT NOT NULL,
  method TEXT NOT NULL,
  upstream TEXT NOT NULL
) STRICT;

-- Content by hash (first 16 bytes of its sha256), each once: bodies, their elements, long strings.
-- Referred to by recipes, which foreign keys cannot see: so no column declares one to this table.
-- codec: 0 raw, 1 zstd, 2 recipe, 3 recipe in zstd (src/store/segments/recipe.ts).
CREATE TABLE segments (
  segment_key INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  codec INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;

CREATE TABLE exchanges (
  exchange_key INTEGER PRIMARY KEY,
  exchange_id TEXT NOT NULL UNIQUE,
  session_key INTEGER NOT NULL REFERENCES sessions,
  run_key INTEGER NOT NULL REFERENCES runs,
  origin_key INTEGER NOT NULL REFERENCES origins,
  session_source TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  target TEXT NOT NULL,
  auxiliary TEXT,
  -- 0: a helper call that is no request of the conversation; its usage counts all the same.
  is_counted INTEGER NOT NULL,
  agent_id TEXT,
  parent_id TEXT,
  model TEXT,
  stream INTEGER NOT NULL,
  previous_response_id TEXT,
  prompt_preview TEXT,
  message_count INTEGER,
  request_bytes INTEGER NOT NULL,
  request_sha256 BLOB,
  request_truncated INTEGER NOT NULL,
  request_segment INTEGER,
  request_headers BLOB NOT NULL,
  -- NULL while the exchange runs.
  outcome TEXT,
  ended_at INTEGER,
  error_code TEXT,
  error_message TEXT,
  status INTEGER,
  response_id TEXT,
  model_used TEXT,
  stop_reason TEXT,
  response_bytes INTEGER,
  response_sha256 BLOB,
  response_truncated INTEGER,
  response_segment INTEGER,
  response_headers BLOB,
  -- The assembled answer: JSON list of parts.
  parts_segment INTEGER,
  is_partial INTEGER,
  is_usage_unknown INTEGER,
  received_ms REAL,
  sent_ms REAL,
  connect_ms REAL,
  first_byte_ms REAL,
  first_token_ms REAL,
  ended_ms REAL,
  overhead_ms REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_5m_tokens INTEGER,
  cache_write_1h_tokens INTEGER,
  reasoning_tokens INTEGER,
  provider_usage TEXT
) STRICT;
CREATE INDEX exchanges_by_session ON exchanges (session_key, started_at);
CREATE INDEX exchanges_by_time ON exchanges (started_at);
CREATE INDEX exchanges_by_response ON exchanges (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX exchanges_open ON exchanges (run_key) WHERE outcome IS NULL;

CREATE TABLE tool_calls (
  exchange_key INTEGER NOT NULL REFERENCES exchanges ON DELETE CASCADE,
  position INTEGER NOT NULL,
  session_key INTEGER NOT NULL REFERENCES sessions,
  call_id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- First characters; the whole is in the answer's parts.
  arguments TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  result_exchange_key INTEGER REFERENCES exchanges ON DELETE SET NULL,
  result_at INTEGER,
  is_error INTEGER,
  result_bytes INTEGER,
  duration_ms INTEGER,
  PRIMARY KEY (exchange_key, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_calls_by_call ON tool_calls (session_key, call_id);
CREATE INDEX tool_calls_by_result ON tool_calls (result_exchange_key)
  WHERE result_exchange_key IS NOT NULL;

-- Where an indexed text can be read again. session_key 0: once for all sessions (system, tools).
CREATE TABLE docs (
  doc_key INTEGER PRIMARY KEY,
  session_key INTEGER NOT NULL,
  exchange_key INTEGER NOT NULL REFERENCES exchanges ON DELETE CASCADE,
  kind TEXT NOT NULL,
  -- element: of messages or input; value: system, instructions or tools; answer: assembled parts.
  source TEXT NOT NULL,
  segment_key INTEGER NOT NULL,
  part INTEGER NOT NULL,
  text_hash INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX docs_by_text ON docs (session_key, text_hash);
CREATE INDEX docs_by_exchange ON docs (exchange_key);

-- Holds no text. Measured on 17 MB of code and prose: 29 % of the text's size; with prefix='2 3' 60 %,
-- as trigrams 214 %, and prefix queries take 3 to 25 ms either way. No tokenchars: foo_bar is found by
-- foo, by bar, and as the phrase.
CREATE VIRTUAL TABLE texts USING fts5 (
  text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
`;
