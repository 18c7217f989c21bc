/** The service manager of this machine: where its definition goes, and the commands that take it up. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import { LABEL, launchdAgent, type Service, systemdUnit, UNIT_NAME } from './definitions.ts';

export interface ServiceManager {
  readonly file: string;
  readonly define: (service: Service) => string;
  /** Command lines: after the file is written; before it is removed; after that. */
  readonly start: readonly (readonly string[])[];
  readonly stop: readonly (readonly string[])[];
  readonly forget: readonly (readonly string[])[];
  /** What shows how it is. */
  readonly look: string;
}

/** Throws where neither systemd nor launchd is. `log`: what launchd's service says goes there. */
export function serviceManager(context: Context, log: string): ServiceManager {
  if (context.platform === 'linux') return systemd(context);
  if (context.platform === 'darwin') return launchd(context, log);
  throw new UserError(`there is no service for ${context.platform}, only for systemd and launchd`, {
    hint: 'start it yourself: lunaroute serve',
  });
}

function systemd({ env, homeDir }: Context): ServiceManager {
  const config = env['XDG_CONFIG_HOME'] || join(homeDir, '.config');
  const reload = ['systemctl', '--user', 'daemon-reload'];
  return {
    file: join(config, 'systemd/user', UNIT_NAME),
    define: systemdUnit,
    start: [
      reload,
      ['systemctl', '--user', 'enable', UNIT_NAME],
      ['systemctl', '--user', 'restart', UNIT_NAME],
    ],
    stop: [['systemctl', '--user', 'disable', '--now', UNIT_NAME]],
    forget: [reload],
    look: `systemctl --user status ${UNIT_NAME}`,
  };
}

function launchd({ homeDir }: Context, log: string): ServiceManager {
  const file = join(homeDir, 'Library/LaunchAgents', `${LABEL}.plist`);
  const domain = `gui/${userInfo().uid}`;
  return {
    file,
    define: (service) => launchdAgent(service, log),
    start: [['launchctl', 'bootstrap', domain, file]],
    stop: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    forget: [],
    look: `launchctl print ${domain}/${LABEL}`,
  };
}
