/**
 * Colours by meaning. Sixteen-colour codes only, so a person's own palette applies. `none` (NO_COLOR,
 * --no-color) sends no code at all: every meaning is also a word or a sign. Styles never nest.
 */
import { Chalk } from 'chalk';

export const THEMES = ['dark', 'light', 'none'] as const;
export type ThemeName = (typeof THEMES)[number];

export type Style = 'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'accent' | 'inverse' | 'title';

type Paint = (text: string) => string;

export interface Theme {
  readonly name: ThemeName;
  readonly paint: (text: string, style: Style | null) => string;
  /** The same colour for the same id. */
  readonly tint: (text: string, id: string) => string;
}

/** Sixteen colours whatever the environment says: `none` is what says otherwise. */
const ink = new Chalk({ level: 1 });

const STYLES: Readonly<Record<Exclude<ThemeName, 'none'>, Readonly<Record<Style, Paint>>>> = {
  dark: {
    bold: ink.bold,
    dim: ink.gray,
    good: ink.green,
    warn: ink.yellow,
    bad: ink.red,
    accent: ink.cyan,
    inverse: ink.inverse,
    title: ink.bold.cyan,
  },
  light: {
    bold: ink.bold,
    dim: ink.dim,
    good: ink.green,
    warn: ink.magenta,
    bad: ink.red,
    accent: ink.blue,
    inverse: ink.inverse,
    title: ink.bold.blue,
  },
};
const TINTS: Readonly<Record<Exclude<ThemeName, 'none'>, readonly Paint[]>> = {
  dark: [
    ink.cyan,
    ink.magenta,
    ink.blue,
    ink.green,
    ink.yellow,
    ink.cyanBright,
    ink.magentaBright,
    ink.greenBright,
  ],
  light: [ink.blue, ink.magenta, ink.cyan, ink.red, ink.green],
};

/**
 * Each style ends with its own end code (chalk does that), not with a reset: Ink writes every line
 * in that form, and one that already has it is taken apart once a frame instead of twice.
 */
export function makeTheme(name: ThemeName): Theme {
  if (name === 'none') return { name, paint: (text) => text, tint: (text) => text };
  const styles = STYLES[name];
  const tints = TINTS[name];
  return {
    name,
    paint: (text, style) => (style === null ? text : styles[style](text)),
    tint: (text, id) => tints[hash(id) % tints.length]?.(text) ?? text,
  };
}

function hash(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1) {
    value = (value * 31 + text.charCodeAt(index)) >>> 0;
  }
  return value;
}
