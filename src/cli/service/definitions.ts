/**
 * What tells systemd and launchd to run LunaRoute as a service of one person: started at login, again
 * after a crash, ended with the time it takes to write everything. Pure.
 */

export const UNIT_NAME = 'lunaroute.service';
export const LABEL = 'io.lunaroute.lunaroute';

export interface Service {
  /** The program with its arguments. */
  readonly words: readonly string[];
  /** Variables that say where its things are: a service has no shell's environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A systemd user unit. */
export function systemdUnit({ words, variables }: Service): string {
  const assignments = Object.entries(variables).map(
    ([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}\n`,
  );
  return `[Unit]
Description=LunaRoute, a local proxy for AI coding assistants
Documentation=man:lunaroute(1)
After=network.target

[Service]
Type=exec
${assignments.join('')}ExecStart=${words.map(systemdWord).join(' ')}
Restart=on-failure
RestartSec=2
# Running requests may end, and records are written, within 15 seconds.
TimeoutStopSec=20
UMask=0077
NoNewPrivileges=yes
RestrictSUIDSGID=yes
LockPersonality=yes
LimitNOFILE=65536

[Install]
WantedBy=default.target
`;
}

/** A launchd agent; what it says goes to the log. */
export function launchdAgent({ words, variables }: Service, log: string): string {
  const programs = words.map((word) => `    <string>${xml(word)}</string>`).join('\n');
  const assignments = Object.entries(variables).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${programs}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${assignments.join('')}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>${xml(log)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(log)}</string>
</dict>
</plist>
`;
}

/** Quoted where needed; `%` and, in a command line, `$` mean something to systemd. */
function systemdWord(word: string): string {
  const text = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w./:=@%$+-]+$/.test(text)) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
