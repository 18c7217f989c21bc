// Gives ink-table its `ink`, as the build does; imported before src/tui/ink-table.tsx.
import { registerHooks } from 'node:module';
import { INK_SHIM } from '../../scripts/ink-table-shim.mjs';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'ink' && context.parentURL?.includes('/ink-table/')
      ? { url: 'lunaroute:ink', format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'lunaroute:ink'
      ? { format: 'commonjs', shortCircuit: true, source: INK_SHIM }
      : next(url, context),
});
