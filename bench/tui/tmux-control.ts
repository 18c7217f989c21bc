// A real terminal under control: tmux in control mode tells every byte that the program writes to it,
// and takes keys without a new process for each.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export class TmuxTerminal {
  readonly #socket: string;
  readonly #control: ChildProcess;
  readonly #listeners = new Set<(text: string) => void>();
  #rest = '';

  constructor(socket: string, size: TerminalSize, command: string) {
    this.#socket = socket;
    execFileSync('tmux', [
      '-L',
      socket,
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      'bench',
      '-x',
      String(size.columns),
      '-y',
      String(size.rows),
      command,
    ]);
    this.#control = spawn('tmux', ['-L', socket, '-C', 'attach', '-t', 'bench'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#control.stdout?.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    this.#send(`refresh-client -C ${size.columns}x${size.rows}`);
  }

  /** Calls the listener with every piece of output; returns the function that ends that. */
  onOutput(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  key(name: string): void {
    this.#send(`send-keys -t bench ${name}`);
  }

  screen(): string {
    return execFileSync('tmux', ['-L', this.#socket, 'capture-pane', '-p', '-t', 'bench'], {
      encoding: 'utf8',
    });
  }

  /** Process id of the program in the terminal. */
  pid(): number {
    const answer = execFileSync(
      'tmux',
      ['-L', this.#socket, 'display', '-p', '-t', 'bench', '#{pane_pid}'],
      { encoding: 'utf8' },
    );
    return Number(answer.trim());
  }

  stop(): void {
    execFileSync('tmux', ['-L', this.#socket, 'kill-server']);
    this.#control.kill();
  }

  #send(command: string): void {
    this.#control.stdin?.write(`${command}\n`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('%output ')) continue;
      const data = line
        .slice(line.indexOf(' ', 8) + 1)
        .replace(/\\(\d{3})/g, (_all, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8)),
        );
      for (const listener of this.#listeners) listener(data);
    }
  }
}
