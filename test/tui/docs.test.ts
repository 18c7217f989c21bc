import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tuiDocs } from '../helpers/tui-docs.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

test('docs/TUI.md shows the views and keys as they are', async () => {
  await expect(await tuiDocs()).toMatchFileSnapshot('../../docs/TUI.md');
});
