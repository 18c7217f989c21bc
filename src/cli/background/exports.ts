/**
 * Variable assignments in the language of a shell. Every line ends in `;`, because an unquoted
 * `eval $(…)` joins lines. A value can be anything: it never becomes code. Pure.
 */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The shell that most likely reads the answer. */
export function guessShell(loginShell: string | undefined, platform: string): Shell {
  const name = /[^/\\]*$/.exec(loginShell ?? '')?.[0] ?? '';
  const known = SHELLS.find((shell) => shell === name);
  if (known !== undefined) return known;
  if (name === 'pwsh' || (name === '' && platform === 'win32')) return 'powershell';
  return 'bash';
}

export function exportLine(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'bash':
    case 'zsh':
      return `export ${name}=${posixQuote(value)};`;
    case 'fish':
      return `set -gx ${name} ${fishQuote(value)};`;
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}';`;
  }
}

export function unsetLine(shell: Shell, name: string): string {
  if (shell === 'fish') return `set -e ${name};`;
  return shell === 'powershell' ? `Remove-Item Env:${name};` : `unset ${name};`;
}

/** One word of a command line, whatever it holds. */
export function quoteWord(shell: Shell, word: string): string {
  if (shell === 'fish') return fishQuote(word);
  if (shell !== 'powershell') return posixQuote(word);
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "''")}'`;
}

/**
 * Codex reads no variable for its base URL, so its command becomes a function that adds the option.
 * bash and zsh expand an alias of that name where a definition in the POSIX way begins, which would
 * break the whole line, so they get the keyword, inside quotes, where other shells do not see it.
 */
export function codexFunction(shell: Shell, baseUrl: string): string {
  const option = `-c openai_base_url=${baseUrl}`;
  switch (shell) {
    case 'bash':
    case 'zsh': {
      const body = `{ command codex ${option} "$@"; }`;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: -- the shell's own variables
      const test = 'test -n "${BASH_VERSION-}${ZSH_VERSION-}"';
      return `if ${test}; then eval ${posixQuote(`function codex ${body}`)}; else eval ${posixQuote(`codex() ${body}`)}; fi;`;
    }
    case 'fish':
      return `function codex; command codex ${option} $argv; end;`;
    case 'powershell':
      return `function codex { & (Get-Command codex -CommandType Application, ExternalScript | Select-Object -First 1) -c 'openai_base_url=${baseUrl}' @args };`;
  }
}

/** How a person runs the exports of `command` in their shell. */
export function evalLine(shell: Shell, command: string): string {
  if (shell === 'fish') return `${command} | source`;
  if (shell === 'powershell') return `${command} | Out-String | Invoke-Expression`;
  return `eval "$(${command})"`;
}

/** Needs no quotes in any shell. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;

function posixQuote(value: string): string {
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

function fishQuote(value: string): string {
  return PLAIN.test(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`;
}
