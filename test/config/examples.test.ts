import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireConfig } from '../../src/config/load.ts';
import { configInput } from '../helpers/config-input.ts';

const FOLDER = join(import.meta.dirname, '../../examples');

describe('the examples', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  it.each(files)('%s is valid and warns of nothing', (name) => {
    const input = configInput({});
    expect(requireConfig({ ...input, configFlag: join(FOLDER, name) }).warnings).toEqual([]);
  });

  it('full.yaml shows the defaults', () => {
    const input = configInput({});
    const full = requireConfig({ ...input, configFlag: join(FOLDER, 'full.yaml') });
    expect(full.config).toEqual(requireConfig(input).config);
  });
});
