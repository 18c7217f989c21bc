/** Opens an address in the person's browser, as the platform does it. */
import { spawn } from 'node:child_process';
import type { Context } from './context.ts';

/** A starter that is still running by then has started something. */
const PATIENCE_MS = 1500;

/** Resolves to false where there is none, or none that started. */
export function openBrowser(
  url: string,
  context: Pick<Context, 'env' | 'platform'>,
): Promise<boolean> {
  const [command, ...args] = browserCommand(context);
  if (command === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => resolve(true), PATIENCE_MS);
    const settle = (hasStarted: boolean): void => {
      clearTimeout(timer);
      resolve(hasStarted);
    };
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
    child.unref();
  });
}

/** None without a display: what would open there is a text browser, on the terminal of somebody else. */
function browserCommand({ env, platform }: Pick<Context, 'env' | 'platform'>): readonly string[] {
  const [own = ''] = (env['BROWSER'] ?? '').split(':');
  if (own !== '') return own.split(' ').filter((word) => word !== '' && word !== '%s');
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : [];
}
