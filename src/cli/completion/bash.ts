/**
 * The completion script for bash. Everything is in it: pressing Tab starts no program and evaluates
 * nothing of what is being typed. Pure.
 */
import type { CommandShape } from '../command-shape.ts';
import { completedCommands, optionNames, trail, valueCases, wordsOf } from './words.ts';

export function bashCompletion(root: CommandShape): string {
  const commands = completedCommands(root);
  const known = commands.filter(({ path }) => path.length > 0).map((shape) => `"${trail(shape)}"`);
  return `# bash completion for lunaroute: lunaroute completion bash
_lunaroute() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local trail="" words="" index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -- ]] && return
    case "$trail \${COMP_WORDS[index]}" in
      ${known.join(' | \\\n      ')}) trail="$trail \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$trail $before" in
${valueCases(commands)
  .map(({ patterns, choices }) => `    ${patterns.join(' | ')}) ${bashValue(choices)} ;;`)
  .join('\n')}
  esac
  case "$trail" in
${commands.map((shape) => `    "${trail(shape)}") ${bashWords(shape)} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _lunaroute lunaroute lunaroute-server
`;
}

function bashWords(shape: CommandShape): string {
  const names = optionNames(shape).join(' ');
  const others = wordsOf(shape).join(' ');
  return `if [[ $current == -* ]]; then words="${names}"; else words="${others}"; fi`;
}

/** Without choices the shell's own completion of files follows. */
function bashValue(choices: readonly string[]): string {
  if (choices.length === 0) return 'return';
  return `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return`;
}
