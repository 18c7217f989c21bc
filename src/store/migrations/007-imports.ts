/** What was imported, and which files need not be read again. */
export const IMPORTS = `
ALTER TABLE exchanges ADD COLUMN import_source TEXT;

-- A file with the same size and time holds nothing new.
CREATE TABLE imported_files (
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  modified_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
`;
