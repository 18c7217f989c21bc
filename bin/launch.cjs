'use strict';
// Checks the Node version before anything native is loaded (better-sqlite3 crashes Node 20), then
// starts the program. Old syntax on purpose: this file must parse on any Node.
var fs = require('node:fs');
var path = require('node:path');

var MIN = [22, 19];
var root = path.join(__dirname, '..');

function supported(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > MIN[0] || (parts[0] === MIN[0] && parts[1] >= MIN[1]);
}

// A clone has a Node 24 among its devDependencies (tools/dev-node); an installed package has not.
function bundledNode() {
  var file = path.join(root, 'node_modules', '.bin', 'node');
  var isClone = fs.existsSync(path.join(root, 'tools', 'dev-node'));
  return isClone && fs.existsSync(file) ? file : null;
}

function reexec(node, args) {
  var child = require('node:child_process').spawn(node, args, { stdio: 'inherit' });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => {
    process.on(signal, () => {
      // The terminal sends SIGINT and SIGHUP to the whole group; SIGTERM reaches only us.
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

// Editors and scripts ask for it often; nothing of the program is needed to answer.
function isVersionAsked(args) {
  return args.length === 1 && (args[0] === '--version' || args[0] === '-V');
}

module.exports = function launch(extraArgs) {
  var nodeModule;
  if (supported(process.versions.node)) {
    if (isVersionAsked(process.argv.slice(2))) {
      process.stdout.write(require('../package.json').version + '\n');
      return undefined;
    }
    process.argv.splice.apply(process.argv, [2, 0].concat(extraArgs));
    nodeModule = require('node:module');
    if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
    return import('../dist/main.js');
  }
  var node = bundledNode();
  if (node) return reexec(node, [process.argv[1]].concat(process.argv.slice(2)));
  process.stderr.write(
    'lunaroute: this is Node ' +
      process.versions.node +
      ', but Node 22.19 or newer is needed. ' +
      'Update Node, or run: npx -p node@24 -p lunaroute lunaroute\n',
  );
  process.exitCode = 1;
};
