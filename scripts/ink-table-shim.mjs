// ink-table requires `ink`, which cannot be required (top-level await). It gets this instead, in the
// bundle as in the tests: the two components that src/tui/ink-table.tsx has already imported.
export const INK_SHIM = `
const ink = () => globalThis[Symbol.for('lunaroute.ink')];
module.exports = { get Box() { return ink().Box; }, get Text() { return ink().Text; } };
`;

export const inkTableShim = {
  name: 'ink-table-shim',
  setup(build) {
    build.onResolve({ filter: /^ink$/ }, ({ importer }) =>
      importer.includes('ink-table') && importer.includes('node_modules')
        ? { path: 'ink', namespace: 'ink-shim' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'ink-shim' }, () => ({
      contents: INK_SHIM,
      loader: 'js',
    }));
    // Ink loads its developer tools only with DEV=true; they are not shipped.
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({
      path: 'devtools',
      namespace: 'devtools-stub',
    }));
    build.onLoad({ filter: /.*/, namespace: 'devtools-stub' }, () => ({
      contents: 'export default { initialize() {}, connectToDevTools() {} };',
      loader: 'js',
    }));
  },
};
