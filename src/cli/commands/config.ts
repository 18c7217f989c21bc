/** `lunaroute config show` and `config check`: what is in effect and why, and what is wrong. */
import { describeDiagnostic } from '../../config/diagnostics.ts';
import { loadConfig } from '../../config/load.ts';
import { safeLine } from '../../core/text.ts';
import type { Invocation } from '../context.ts';
import { loadFor, loadInput } from '../load-config.ts';
import { configView } from '../view/config-view.ts';

export function runConfigShow(invocation: Invocation): number {
  const loaded = loadFor(invocation);
  const view = configView(loaded);
  const { print } = invocation.context;
  if (invocation.isJson) {
    print.json(view);
    return 0;
  }
  const lines = view.values.map((entry) => ({
    ...entry,
    text: `${entry.key}: ${safeLine(JSON.stringify(entry.value))}`,
  }));
  const width = Math.min(60, Math.max(...lines.map(({ text }) => text.length)));
  for (const { text, source, help } of lines) {
    if (invocation.option('explain') === true) print.line(print.style.dim(`# ${help}`));
    print.line(`${text.padEnd(width)}  ${print.style.dim(`# ${safeLine(source)}`)}`);
  }
  for (const warning of loaded.warnings) print.note(safeLine(describeDiagnostic(warning)));
  return 0;
}

/** Exit code 1 when there are errors; warnings alone are 0. */
export function runConfigCheck(invocation: Invocation): number {
  const { loaded, diagnostics, file } = loadConfig(loadInput(invocation));
  const { print } = invocation.context;
  const isValid = loaded !== null;
  if (invocation.isJson) {
    print.json({ file, valid: isValid, problems: diagnostics });
    return isValid ? 0 : 1;
  }
  for (const diagnostic of diagnostics) print.line(safeLine(describeDiagnostic(diagnostic)));
  const what = file === null ? 'the configuration (no file)' : safeLine(file);
  if (isValid) print.line(`${print.style.good('ok')}  ${what}`);
  else print.note(`${print.noteStyle.bad('not valid')}  ${what}`);
  return isValid ? 0 : 1;
}
