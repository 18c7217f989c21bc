// What LunaRoute alone needs: CPU at a steady pace, a recorder that keeps up, memory that stays.
import { GrowingAgent, requestBody } from '../bodies.ts';
import { BenchClient } from '../client.ts';
import { cpuSince, cpuSum, residentMb, threadCpu } from '../process.ts';
import type { LunaRouteTarget } from '../targets.ts';

/** Percent of one core, all threads, at `perSecond` requests of 60 kB. */
export async function steadyCpu(
  target: LunaRouteTarget,
  perSecond: number,
  seconds: number,
): Promise<number> {
  const agents = makeAgents(4, 60_000);
  await paced(target, agents, perSecond, 1);
  const before = threadCpu(target.pid);
  await paced(target, agents, perSecond, seconds);
  return (cpuSum(cpuSince(target.pid, before)) / (seconds * 1000)) * 100;
}

export interface KeepingUp {
  readonly perSecond: number;
  /** The most that was on its way to the recorder in the first and in the second half. */
  readonly firstHalfMb: number;
  readonly secondHalfMb: number;
}

/** Growing histories of 60 kB from several agents at once. */
export async function recorderKeepsUp(
  target: LunaRouteTarget,
  perSecond: number,
  seconds: number,
): Promise<KeepingUp> {
  const agents = makeAgents(8, 60_000);
  await paced(target, agents, perSecond, 1);
  const most = [0, 0];
  const began = performance.now();
  const timer = setInterval(async () => {
    const half = performance.now() - began < seconds * 500 ? 0 : 1;
    most[half] = Math.max(most[half] ?? 0, (await target.queueBytes()) / 1e6);
  }, 100);
  const sent = await paced(target, agents, perSecond, seconds);
  clearInterval(timer);
  return {
    perSecond: sent / ((performance.now() - began) / 1000),
    firstHalfMb: most[0] ?? 0,
    secondHalfMb: most[1] ?? 0,
  };
}

interface Agents {
  readonly makers: readonly GrowingAgent[];
  turn: number;
}

function makeAgents(count: number, bytes: number): Agents {
  const name = (index: number) => `agent-${count}-${bytes}-${index}`;
  return {
    makers: Array.from({ length: count }, (_, i) => new GrowingAgent(name(i), bytes)),
    turn: 0,
  };
}

/** Sends at an even pace whether or not the answer before has come; gives how many were answered. */
async function paced(
  target: LunaRouteTarget,
  agents: Agents,
  perSecond: number,
  seconds: number,
): Promise<number> {
  const free = await Promise.all(
    Array.from({ length: 16 }, () => BenchClient.connect(target.port)),
  );
  const clients = [...free];
  const running = new Set<Promise<unknown>>();
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    const client = sent < due ? free.pop() : undefined;
    const agent = agents.makers[agents.turn % agents.makers.length];
    if (client === undefined || agent === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    sent += 1;
    agents.turn += 1;
    const request = client.send(agent.next(), null, agent.session).then(() => {
      free.push(client);
      running.delete(request);
    });
    running.add(request);
  }
  await Promise.all(running);
  for (const client of clients) client.close();
  return sent;
}

export interface Memory {
  /** After a fifth of the exchanges, when the caches are full. */
  readonly earlyMb: number;
  readonly endMb: number;
}

export async function memoryAfter(target: LunaRouteTarget, exchanges: number): Promise<Memory> {
  const client = await BenchClient.connect(target.port);
  let earlyMb = 0;
  for (let index = 0; index < exchanges; index += 1) {
    await client.send(requestBody(200_000, index), null, `memory-${index >> 6}`);
    if (index === Math.floor(exchanges / 5)) earlyMb = await settled(target);
  }
  client.close();
  return { earlyMb, endMb: await settled(target) };
}

/** Resident memory once everything is recorded and the heaps have had a moment. */
async function settled(target: LunaRouteTarget): Promise<number> {
  while ((await target.queueBytes()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return residentMb(target.pid);
}
