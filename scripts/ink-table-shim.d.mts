import type { Plugin } from 'esbuild';

export const INK_SHIM: string;
export const inkTableShim: Plugin;
