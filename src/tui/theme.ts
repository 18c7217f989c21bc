/**
 * Colours by meaning. Sixteen-colour codes only, so a person's own palette applies. `none` (NO_COLOR,
 * --no-color) sends no code at all: every meaning is also a word or a sign. Styles never nest.
 */
export const THEMES = ['dark', 'light', 'none'] as const;
export type ThemeName = (typeof THEMES)[number];

export type Style = 'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'accent' | 'inverse' | 'title';

export interface Theme {
  readonly name: ThemeName;
  readonly paint: (text: string, style: Style | null) => string;
  /** The same colour for the same id. */
  readonly tint: (text: string, id: string) => string;
}

const ESC = '\u001b[';

const CODES: Readonly<Record<Exclude<ThemeName, 'none'>, Readonly<Record<Style, string>>>> = {
  dark: {
    bold: '1',
    dim: '90',
    good: '32',
    warn: '33',
    bad: '31',
    accent: '36',
    inverse: '7',
    title: '1;36',
  },
  light: {
    bold: '1',
    dim: '2',
    good: '32',
    warn: '35',
    bad: '31',
    accent: '34',
    inverse: '7',
    title: '1;34',
  },
};
const TINTS = {
  dark: ['36', '35', '34', '32', '33', '96', '95', '92'],
  light: ['34', '35', '36', '31', '32'],
};

export function makeTheme(name: ThemeName): Theme {
  if (name === 'none') return { name, paint: (text) => text, tint: (text) => text };
  const codes = CODES[name];
  const tints = TINTS[name];
  return {
    name,
    paint: (text, style) => (style === null ? text : wrap(text, codes[style])),
    tint: (text, id) => wrap(text, tints[hash(id) % tints.length] ?? '0'),
  };
}

function wrap(text: string, code: string): string {
  return text === '' ? '' : `${ESC}${code}m${text}${ESC}0m`;
}

function hash(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1) {
    value = (value * 31 + text.charCodeAt(index)) >>> 0;
  }
  return value;
}
