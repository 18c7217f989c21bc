/** The completion script for fish, with descriptions. It starts no program. Pure. */
import type { CommandShape, OptionShape } from '../command-shape.ts';
import { completedCommands, trail } from './words.ts';

export function fishCompletion(root: CommandShape): string {
  const commands = completedCommands(root);
  const known = commands.filter(({ path }) => path.length > 0).map((shape) => quote(trail(shape)));
  return `# fish completion for lunaroute: lunaroute completion fish
function __lunaroute_at
    set -l trail ''
    for word in (commandline -opc)[2..]
        if contains -- "$trail $word" ${known.join(' \\\n            ')}
            set trail "$trail $word"
        end
    end
    test "$trail" = "$argv[1]"
end
complete -c lunaroute -f
${commands.flatMap(linesOf).join('\n')}
complete -c lunaroute-server -w lunaroute
`;
}

function linesOf(shape: CommandShape): string[] {
  const start = `complete -c lunaroute -n ${quote(`__lunaroute_at ${quote(trail(shape))}`)}`;
  const choices = shape.args.flatMap((argument) => argument.choices);
  const takesPath = shape.args.some(({ isPath }) => isPath);
  return [
    ...shape.commands.map(
      ({ path, description }) => `${start} -a ${path.at(-1) ?? ''} -d ${quote(description)}`,
    ),
    ...(choices.length > 0 ? [`${start} -a ${quote(choices.join(' '))}`] : []),
    ...(takesPath ? [`${start} -F`] : []),
    ...shape.options.map((option) => `${start} ${optionWords(option)}`),
  ];
}

function optionWords({ names, takesValue, isPath, choices, description }: OptionShape): string {
  const words = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  if (choices.length > 0) words.push(`-x -a ${quote(choices.join(' '))}`);
  else if (isPath) words.push('-r -F');
  else if (takesValue) words.push('-x');
  return `${words.join(' ')} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
