// What the kernel says of a process: CPU time by thread, resident memory.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU by thread name; V8's helper threads and all others count as `other`. */
export type ThreadCpu = Readonly<Record<'main' | 'proxy' | 'recorder' | 'other', number>>;

const NAMES: Readonly<Record<string, keyof ThreadCpu>> = {
  MainThread: 'main',
  proxy: 'proxy',
  recorder: 'recorder',
};

export function threadCpu(pid: number): ThreadCpu {
  const sums = { main: 0, proxy: 0, recorder: 0, other: 0 };
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${task}`;
    try {
      const name = NAMES[readFileSync(`${folder}/comm`, 'utf8').trim()] ?? 'other';
      // Nanoseconds on a core; /proc/…/stat has hundredths of a second only.
      sums[name] += Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      // The thread ended meanwhile.
    }
  }
  return sums;
}

export function cpuSince(pid: number, before: ThreadCpu): ThreadCpu {
  const now = threadCpu(pid);
  return {
    main: now.main - before.main,
    proxy: now.proxy - before.proxy,
    recorder: now.recorder - before.recorder,
    other: now.other - before.other,
  };
}

export function cpuSum(cpu: ThreadCpu): number {
  return cpu.main + cpu.proxy + cpu.recorder + cpu.other;
}

export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
