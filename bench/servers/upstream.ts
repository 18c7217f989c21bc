// The provider of the benchmark: answers as soon as the body is in. Unary: 2 kB of JSON. SSE: N
// events (NxG: G ms apart, 0 as fast as they go), each carrying the monotonic time (hrtime, one clock for all processes) at which it was sent.
import http from 'node:http';

const unary = Buffer.from(
  JSON.stringify({
    id: 'msg_bench',
    type: 'message',
    role: 'assistant',
    model: 'claude-bench',
    content: [{ type: 'text', text: 'x'.repeat(1800) }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 10, output_tokens: 20 },
  }),
);

function streamEvents(res: http.ServerResponse, count: number, gapMs: number): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.flushHeaders();
  let sent = 0;
  const next = (): void => {
    const data = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"word "},"sent":"${process.hrtime.bigint()}"}`;
    res.write(`event: content_block_delta\ndata: ${data}\n\n`);
    sent += 1;
    if (sent < count && gapMs === 0) setImmediate(next);
    else if (sent < count) setTimeout(next, gapMs);
    else res.end('event: message_stop\ndata: {"type":"message_stop"}\n\n');
  };
  next();
}

const server = http.createServer((req, res) => {
  req.on('data', () => undefined);
  req.on('end', () => {
    const stream = /^(\d+)x(\d+)$/.exec(String(req.headers['x-bench-sse'] ?? ''));
    if (stream) return streamEvents(res, Number(stream[1]), Number(stream[2]));
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': unary.length });
    res.end(unary);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
