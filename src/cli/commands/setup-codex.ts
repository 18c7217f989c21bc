/**
 * `lunaroute setup codex`: points Codex at LunaRoute for good, by one line of its config.toml, and
 * `--undo` takes it out again. Shows what it would change and asks; the old file stays beside it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { safeText } from '../../core/text.ts';
import { clientUrl } from '../address.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { addBaseUrl, type Edit, foreignProvider, removeBaseUrl } from '../setup/codex-config.ts';
import { codexConfig } from '../setup/codex-file.ts';
import { replaceFile } from '../setup/replace-file.ts';

export async function runSetupCodex(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { print } = context;
  const { host, port } = loadFor(invocation).config;
  const file = codexConfig(context);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const isUndo = option('undo') === true;
  const edit = isUndo ? removeBaseUrl(before) : addBaseUrl(before, `${clientUrl(host, port)}/v1`);
  const isChange = edit.text !== before;
  if (!isJson) showDiff(context, file, edit);
  const backup = isChange ? await write(invocation, file, edit) : null;
  if (isJson) {
    print.json({ file, changed: isChange, backup, removed: edit.removed, added: edit.added });
    return 0;
  }
  if (backup !== null) print.note(`the file as it was: ${safeText(backup)}`);
  const provider = isUndo ? null : foreignProvider(before);
  if (provider !== null) {
    print.note(
      `Codex uses the provider '${safeText(provider)}', whose own base_url counts: set model_providers.${safeText(provider)}.base_url`,
    );
  }
  return 0;
}

function showDiff({ print }: Context, file: string, { removed, added }: Edit): void {
  if (removed.length + added.length === 0) {
    print.note(`${safeText(file)}: nothing to change`);
    return;
  }
  print.line(safeText(file));
  for (const line of removed) print.line(print.style.bad(`- ${safeText(line)}`));
  for (const line of added) print.line(print.style.good(`+ ${safeText(line)}`));
}

async function write(invocation: Invocation, file: string, edit: Edit): Promise<string | null> {
  const { context, option } = invocation;
  const isAgreed = option('yes') === true || (await isConfirmed(context));
  if (!isAgreed) throw new UserError(`${file} was not changed`, { hint: 'to agree: --yes' });
  return replaceFile(file, edit.text, context.now());
}

async function isConfirmed({ isInteractive, ask }: Context): Promise<boolean> {
  return isInteractive && /^y(es)?$/i.test((await ask('Write it? [y/N] ')).trim());
}
