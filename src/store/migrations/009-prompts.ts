/** The turns of one prompt share its preview: it stands at the first of them. */
export const SHARED_PROMPTS = `
-- Where prompt_preview is NULL: the exchange of the same session that has it.
ALTER TABLE exchanges ADD COLUMN prompt_exchange INTEGER;
`;
