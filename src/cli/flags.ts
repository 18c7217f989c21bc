/**
 * The flags that set configuration, each with the key it sets: the only list of them. serve and env
 * offer all, other commands those that find the server or the records.
 */
import { type Command, Option } from 'commander';
import type { FlagValue } from '../config/layers.ts';
import type { ConfigFlags } from './context.ts';

interface ConfigFlag {
  readonly spec: string;
  readonly key: string;
  readonly help: string;
  readonly choices?: readonly string[];
}

const ADDRESS: readonly ConfigFlag[] = [
  { spec: '--host <address>', key: 'host', help: 'address to listen on (127.0.0.1)' },
  { spec: '--port <number>', key: 'port', help: 'port to listen on (8081)' },
];

const DATABASE: readonly ConfigFlag[] = [
  { spec: '--sessions-db <file>', key: 'session_recording.sqlite.path', help: 'SQLite database' },
];

const RECORDS: readonly ConfigFlag[] = [
  ...DATABASE,
  {
    spec: '--sessions-dir <folder>',
    key: 'session_recording.jsonl.directory',
    help: 'folder of the JSONL files',
  },
];

/** All of them. */
export const CONFIG_FLAGS: readonly ConfigFlag[] = [
  ...ADDRESS,
  {
    spec: '--dialect <name>',
    key: 'api_dialect',
    help: 'APIs to serve',
    choices: ['both', 'openai', 'anthropic'],
  },
  {
    spec: '--openai-base-url <url>',
    key: 'providers.openai.base_url',
    help: "send OpenAI's requests there",
  },
  {
    spec: '--anthropic-base-url <url>',
    key: 'providers.anthropic.base_url',
    help: "send Anthropic's requests there",
  },
  {
    spec: '--log-level <level>',
    key: 'logging.level',
    help: 'how much to say',
    choices: ['error', 'warn', 'info', 'debug', 'trace'],
  },
  {
    spec: '--insecure',
    key: 'server.insecure',
    help: 'listen beyond this machine without server.auth_token',
  },
  { spec: '--log-requests', key: 'logging.log_requests', help: 'print one line for each request' },
  { spec: '--no-recording', key: 'session_recording.enabled', help: 'record nothing' },
  { spec: '--no-sqlite', key: 'session_recording.sqlite.enabled', help: 'no SQLite recording' },
  { spec: '--no-jsonl', key: 'session_recording.jsonl.enabled', help: 'no JSONL recording' },
  ...RECORDS,
];

const GROUPS = {
  file: [],
  server: CONFIG_FLAGS,
  address: ADDRESS,
  database: DATABASE,
  records: RECORDS,
} as const;
export type FlagGroup = keyof typeof GROUPS;

/** Adds `--config` and the flags of a group. */
export function addConfigFlags(command: Command, group: FlagGroup): Command {
  command.option('--config <file>', 'configuration file (~/.lunaroute/config.yaml)');
  const flags: readonly ConfigFlag[] = GROUPS[group];
  for (const { spec, help, choices } of flags) {
    const option = new Option(spec, help);
    command.addOption(choices === undefined ? option : option.choices(choices));
  }
  return command;
}

/** The flags that were given on the command line. */
export function givenConfigFlags(command: Command): ConfigFlags {
  const keys = new Map(CONFIG_FLAGS.map(({ spec, key }) => [spec, key]));
  const flags: FlagValue[] = [];
  const words: string[] = [];
  let configFlag: string | null = null;
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const key = keys.get(option.flags);
    const flag = option.long ?? option.flags;
    const isText = typeof value === 'string';
    if (option.long === '--config' && isText) configFlag = value;
    else if (key === undefined) continue;
    else if (isText || typeof value === 'boolean')
      flags.push({ flag, path: key.split('.'), value });
    words.push(...(isText ? [flag, value] : [flag]));
  }
  return { configFlag, flags, words };
}

/** Of the given flags those that commands of a group know, as words. */
export function wordsOfGroup({ configFlag, flags }: ConfigFlags, group: FlagGroup): string[] {
  const known = GROUPS[group].map(({ spec }) => spec.split(' ')[0]);
  return [
    ...(configFlag === null ? [] : ['--config', configFlag]),
    ...flags
      .filter(({ flag }) => known.includes(flag))
      .flatMap(({ flag, value }) => (typeof value === 'string' ? [flag, value] : [flag])),
  ];
}
