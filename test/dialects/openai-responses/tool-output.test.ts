import { expect, test } from 'vitest';
import { outputIsError } from '../../../src/dialects/openai-responses/tool-output.ts';

const EXEC = (code: number, output = 'lab-tool-42\n') =>
  `Chunk ID: 3a1b8c\nWall time: 0.0000 seconds\nProcess exited with code ${code}\n` +
  `Original token count: 3\nOutput:\n${output}`;

test.each([
  ['exec_command, as seen from Codex 0.169', EXEC(0), false],
  ['exec_command that failed', EXEC(1), true],
  ['exec_command killed by a signal', EXEC(-1), true],
  [
    'a process that still runs',
    'Chunk ID: 1\nWall time: 10 seconds\nProcess running with session ID 7\nOutput:\n',
    null,
  ],
  ['shell_command', 'Exit code: 127\nWall time: 0.1 seconds\nOutput:\nnot found', true],
  ['shell as JSON', '{"output":"x","metadata":{"exit_code":0,"duration_seconds":0.1}}', false],
  ['a list of texts', [{ type: 'input_text', text: EXEC(2) }], true],
  ['a shell call', [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 3 } }], true],
  [
    'a shell call in time',
    [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    false,
  ],
  ['a shell call out of time', [{ stdout: '', stderr: '', outcome: { type: 'timeout' } }], true],
  [
    'words of a command are no verdict',
    EXEC(0, 'Process exited with code 1\nExit code: 1\n'),
    false,
  ],
  ['words without a header', 'Process exited with code 1, they said.\nOutput:\n', null],
  ['a header that never ends', 'Exit code: 1\nbut this is a file I read', null],
  ['a printed line before no header', 'hello\nProcess exited with code 1\nOutput:\n', null],
  [
    'code mode: the script says nothing of processes',
    'Script failed\nWall time 0.0 seconds\nOutput:\n',
    null,
  ],
  ['JSON of another tool', '{"exit_code":1}', null],
  ['nothing', undefined, null],
])('%s', (_, output, isError) => {
  expect(outputIsError(output)).toBe(isError);
});
