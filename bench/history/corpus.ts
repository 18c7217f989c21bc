// Words and code as agents read and write them. A random walk through this project's own code and
// documentation: a run of some tokens as they stand there, then on at another place of the same token. Names that are
// rare there become each project's own, so that the vocabulary grows with the history as it does in
// life. The same seed gives the same text. Its figures are compared with those of real files in
// docs/PERFORMANCE.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const TOKENS = /[A-Za-z_$][\w$]*|\d+|\s+|[^\w\s]/g;
/** Names that occur seldom are what differs from project to project. */
const COMMON = 20;
/** How often the walk goes on elsewhere. */
const JUMP = 0.06;
/** Tokens around the beginning of a walk that it stays within: a long file. */
const WINDOW = 800;

/** The first index whose value is not below `value`, in an ascending list. */
function lowerBound(list: Uint32Array, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Tokens of a text in their order, and for each place the next one of the same token. */
class Model {
  readonly length: number;
  readonly #ids: Uint32Array;
  readonly #places: readonly Uint32Array[];
  readonly #names: readonly string[];
  readonly #isRare: Uint8Array;

  constructor(text: string) {
    const ids = new Map<string, number>();
    const places: number[][] = [];
    const tokens = text.match(TOKENS) ?? [];
    this.length = tokens.length;
    this.#ids = Uint32Array.from(tokens, (token, at) => {
      const id = ids.get(token) ?? ids.size;
      if (id === ids.size) {
        ids.set(token, id);
        places.push([]);
      }
      places[id]?.push(at);
      return id;
    });
    this.#places = places.map((list) => Uint32Array.from(list));
    this.#names = [...ids.keys()];
    this.#isRare = Uint8Array.from(this.#names, (name, id) =>
      Number((places[id]?.length ?? 0) < COMMON && name.length > 3 && /^[A-Za-z]/.test(name)),
    );
  }

  id(at: number): number {
    return this.#ids[at] ?? 0;
  }

  name(id: number): string {
    return this.#names[id] ?? '';
  }

  isRare(id: number): boolean {
    return this.#isRare[id] === 1;
  }

  placesOf(id: number): Uint32Array {
    return this.#places[id] ?? new Uint32Array(1);
  }
}

function read(folder: string, pattern: RegExp): string {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .sort()
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n');
}

export class Corpus {
  #state: number;
  readonly #code = new Model(read('src', /\.tsx?$/) + read('test', /\.test\.ts$/));
  readonly #prose = new Model(
    read('docs', /\.md$/)
      .replace(/[|`*#]+/g, ' ')
      .replace(/[ \n]+/g, ' '),
  );
  /** Own names by project and name. */
  readonly #names = new Map<string, string>();

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** Begins anew, as if made with this seed. */
  reset(seed: number): void {
    this.#state = Math.imul(seed + 1, 2_654_435_761) >>> 0 || 1;
    this.#names.clear();
    for (let turn = 0; turn < 8; turn += 1) this.random();
  }

  /** Of [0, 1), by xorshift32. */
  random(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 32;
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  /** About so many bytes of prose, one paragraph. */
  prose(project: number, bytes: number): string {
    return this.#walk(this.#prose, project, bytes).trim();
  }

  /** About so many bytes of a file as a tool reads it: numbered lines. */
  code(project: number, bytes: number): string {
    const lines = this.#walk(this.#code, project, bytes).split('\n');
    const first = 1 + this.below(300);
    return lines.map((line, at) => `${first + at}\t${line}`).join('\n');
  }

  /** A piece of a file, without numbers. */
  snippet(project: number, bytes: number): string {
    return this.#walk(this.#code, project, bytes);
  }

  path(project: number): string {
    const folders = ['src', 'lib', 'test', 'packages', 'internal', 'app'];
    const folder = folders[this.below(folders.length)] ?? 'src';
    const [a, b] = [this.#own(project, this.below(400)), this.#own(project, this.below(2_000))];
    return `${folder}/${a.toLowerCase()}/${b}.${['ts', 'py', 'go', 'rs'][this.below(4)]}`;
  }

  /** What a failed test prints. */
  stack(project: number): string {
    const frames = Array.from({ length: 4 + this.below(8) }, () => {
      const name = this.#own(project, this.below(2_000));
      return `    at ${name} (/home/dev/${this.path(project)}:${this.below(900)}:${this.below(80)})`;
    });
    const kinds = ['TypeError', 'RangeError', 'AssertionError', 'SyntaxError'];
    const what = this.#own(project, this.below(2_000));
    return `${kinds[this.below(4)]}: cannot read properties of undefined (reading '${what}')\n${frames.join('\n')}\n${this.prose(project, 120)}`;
  }

  /** Stays near where it began, as a file keeps to its names. */
  #walk(model: Model, project: number, bytes: number): string {
    let text = '';
    let at = this.below(Math.max(1, model.length - WINDOW));
    const [from, to] = [at, at + WINDOW];
    while (text.length < bytes) {
      const id = model.id(at);
      text += model.isRare(id) ? this.#own(project, id) : model.name(id);
      if (this.random() < JUMP) at = this.#elsewhere(model.placesOf(id), { at, from, to });
      at = at + 1 < model.length ? at + 1 : 0;
    }
    return text;
  }

  /** Another place of the same token within the window. */
  #elsewhere(
    places: Uint32Array,
    { at, from, to }: { at: number; from: number; to: number },
  ): number {
    const first = lowerBound(places, from);
    const count = lowerBound(places, to) - first;
    return count < 1 ? at : (places[first + this.below(count)] ?? at);
  }

  /** The project's own name for the `id`th; made of two words of this project's code. */
  #own(project: number, id: number): string {
    const key = `${project}:${id}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    let hash = Math.imul(project * 40_503 + id + 1, 2_654_435_761) >>> 0;
    const pick = (): string => {
      hash = (Math.imul(hash, 1_664_525) + 1_013_904_223) >>> 0;
      return WORDS[(hash >>> 8) % WORDS.length] ?? 'word';
    };
    const form = hash % 10;
    const [a, b] = [pick(), pick()];
    const name = form < 4 ? a : form < 8 ? a + b.charAt(0).toUpperCase() + b.slice(1) : `${a}_${b}`;
    this.#names.set(key, name);
    return name;
  }
}

const SYLLABLES =
  'ba con di fer gu har in jo ka le mi no op pa qui ra se ti un ve wo ex yo za str ter ion ment ing al or is at en re ac'.split(
    ' ',
  );
/** Words that names are made of: those of this project, and as many made up. */
const WORDS: readonly string[] = [
  ...new Set(
    read('src', /\.ts$/)
      .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
      .map((word) => word.toLowerCase())
      .filter((word) => word.length > 2 && word.length < 14),
  ),
  ...Array.from({ length: 6_000 }, (_, at) => {
    let seed = Math.imul(at + 7, 2_246_822_519) >>> 0;
    return Array.from({ length: 2 + (at % 3) }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return SYLLABLES[(seed >>> 9) % SYLLABLES.length] ?? '';
    }).join('');
  }),
];
