/** The completion script for zsh, with descriptions. It starts no program. Pure. */
import type { CommandShape, OptionShape } from '../command-shape.ts';
import { completedCommands, trail, valueCases, wordsOf } from './words.ts';

export function zshCompletion(root: CommandShape): string {
  const commands = completedCommands(root);
  const known = commands.filter(({ path }) => path.length > 0).map((shape) => `"${trail(shape)}"`);
  return `#compdef lunaroute lunaroute-server
# zsh completion for lunaroute: lunaroute completion zsh
_lunaroute() {
  local trail="" word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -- ]] && { _normal; return }
    case "$trail $word" in
      (${known.join(' | \\\n      ')}) trail="$trail $word" ;;
    esac
  done
  case "$trail $words[CURRENT-1]" in
${valueCases(commands)
  .map(({ patterns, choices }) => `    (${patterns.join(' | ')}) ${zshValue(choices)} ;;`)
  .join('\n')}
  esac
  case "$trail" in
${commands.map((shape) => `    ("${trail(shape)}")\n${zshWords(shape)}\n      ;;`).join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
if [[ $funcstack[1] == _lunaroute ]]; then _lunaroute "$@"; else compdef _lunaroute lunaroute lunaroute-server; fi
`;
}

function zshWords(shape: CommandShape): string {
  const described = new Map(
    shape.commands.map(({ path, description }) => [path.at(-1) ?? '', description]),
  );
  const words = wordsOf(shape).map((word) => entry(word, described.get(word) ?? ''));
  const options = shape.options.flatMap(({ names, description }: OptionShape) =>
    names.map((name) => entry(name, description)),
  );
  return `      commands=(${words.join(' ')})\n      options=(${options.join(' ')})`;
}

function zshValue(choices: readonly string[]): string {
  return choices.length === 0 ? '_files; return' : `compadd -- ${choices.join(' ')}; return`;
}

/** `'name:description'`, quoted. */
function entry(name: string, description: string): string {
  const text = `${name}:${description.replaceAll(':', '\\:')}`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
