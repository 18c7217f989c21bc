/**
 * What redaction replaced: in a body (whose stored bytes are then the decoded ones with replacements)
 * and how many values of which type. NULL: nothing, or recorded before there was redaction.
 */
export const REDACTIONS = `
ALTER TABLE exchanges ADD COLUMN request_redacted INTEGER;
ALTER TABLE exchanges ADD COLUMN response_redacted INTEGER;
-- JSON object: type, count.
ALTER TABLE exchanges ADD COLUMN request_redactions TEXT;
ALTER TABLE exchanges ADD COLUMN response_redactions TEXT;
`;
