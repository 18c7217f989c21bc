// Requests like an agent's: a conversation that is sent again with each turn and grows by one message.

const turn = (index: number, salt: string): object => ({
  role: index % 2 ? 'assistant' : 'user',
  content: `${index} ${salt} ${'lorem ipsum dolor sit amet '.repeat(36)}`,
});

function encode(messages: readonly object[]): Buffer {
  return Buffer.from(JSON.stringify({ model: 'claude-bench', max_tokens: 100, messages }));
}

/** About `bytes` long; only its last message differs from round to round. */
export function requestBody(bytes: number, round: number): Buffer {
  const messages = Array.from({ length: Math.max(0, Math.floor(bytes / 1000) - 1) }, (_, i) =>
    turn(i, 'bench'),
  );
  return encode([...messages, turn(1_000_000 + round, 'round')]);
}

/** One agent: each request is the one before and a new message, from half of `bytes` up to it, then anew. */
export class GrowingAgent {
  readonly session: string;
  readonly #most: number;
  #messages: object[] = [];
  #turns = 0;
  #lives = 0;

  constructor(name: string, bytes: number) {
    this.session = name;
    this.#most = Math.floor(bytes / 1000);
  }

  next(): Buffer {
    if (this.#messages.length === 0 || this.#messages.length >= this.#most) {
      this.#lives += 1;
      this.#messages = Array.from({ length: this.#most >> 1 }, (_, i) =>
        turn(i, `${this.session} life ${this.#lives}`),
      );
    }
    this.#turns += 1;
    this.#messages.push(turn(this.#turns, this.session));
    return encode(this.#messages);
  }
}
