/** Tool calls of a span of time are found by it, not by reading all of them. */
export const TOOL_TIMES = 'CREATE INDEX tool_calls_by_time ON tool_calls (requested_at);';
