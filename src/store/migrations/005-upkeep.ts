/**
 * What deleting needs. `deletions` grows with every transaction that deletes rows or segments:
 * whoever remembers keys compares it first, since another process may have deleted what they name.
 */
export const UPKEEP_SCHEMA = `
-- 1: retention leaves the session alone (\`lunaroute sessions keep\`).
ALTER TABLE sessions ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;

CREATE TABLE upkeep (
  upkeep_key INTEGER PRIMARY KEY CHECK (upkeep_key = 1),
  deletions INTEGER NOT NULL
) STRICT;
INSERT INTO upkeep VALUES (1, 0);
`;
