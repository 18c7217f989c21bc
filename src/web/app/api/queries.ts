/** Everything that the pages ask for, each as one hook: cached, asked again when its key changes. */
import {
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { pathSegment } from '../../../core/page-link.ts';
import type {
  Activity,
  ExchangeDetail,
  ExchangeLine,
  LatencyStats,
  SearchHit,
  SessionSummary,
  StatsRow,
} from '../../../core/ports.ts';
import type { AccountLimits } from '../../../core/rate-limits.ts';
import type {
  ConfigView,
  ExchangeDiff,
  ExchangeNeighbours,
  Overview,
  Page,
  SessionCache,
  SessionTools,
} from '../../api-types.ts';
import { getBytes, getJson, type Query } from './client.ts';

/** What keys of the cache begin with, so that events can name what has become old. */
export const OLD_ON_EVENTS = ['sessions', 'session', 'exchanges', 'usage', 'groups', 'latency'];

function useJson<T>(
  key: readonly unknown[],
  path: string,
  query: Query = {},
): UseQueryResult<T, Error> {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => getJson<T>(path, query, signal),
    placeholderData: keepPreviousData,
  });
}

function usePages<T>(
  key: readonly unknown[],
  path: string,
  query: Query,
): UseInfiniteQueryResult<readonly T[], Error> {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ signal, pageParam }) =>
      getJson<Page<T>>(path, { ...query, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    placeholderData: keepPreviousData,
  });
}

export function useOverview(): UseQueryResult<Overview, Error> {
  return useJson(['overview'], 'overview');
}

export function useSessions(
  query: Query,
): UseInfiniteQueryResult<readonly SessionSummary[], Error> {
  return usePages(['sessions', query], 'sessions', { ...query, limit: 200 });
}

export function useSession(id: string): UseQueryResult<SessionSummary, Error> {
  return useJson(['session', id, 'summary'], `sessions/${pathSegment(id)}`);
}

/** The session's exchanges, oldest first. */
export function useSessionExchanges(
  id: string,
): UseInfiniteQueryResult<readonly ExchangeLine[], Error> {
  return usePages(['session', id, 'exchanges'], `sessions/${pathSegment(id)}/exchanges`, {
    limit: 500,
  });
}

export function useSessionTools(id: string): UseQueryResult<SessionTools, Error> {
  return useJson(['session', id, 'tools'], `sessions/${pathSegment(id)}/tools`);
}

export function useSessionCache(id: string): UseQueryResult<SessionCache, Error> {
  return useJson(['session', id, 'cache'], `sessions/${pathSegment(id)}/cache`);
}

export function useExchange(id: string): UseQueryResult<ExchangeDetail, Error> {
  return useQuery({
    queryKey: ['exchange', id],
    queryFn: ({ signal }) => getJson<ExchangeDetail>(`exchanges/${pathSegment(id)}`, {}, signal),
  });
}

export function useDiff(id: string): UseQueryResult<ExchangeDiff, Error> {
  return useJson(['exchange', id, 'diff'], `exchanges/${pathSegment(id)}/diff`);
}

/** Kept beside its session's queries: a new exchange of it makes this old. */
export function useNeighbours(
  sessionId: string,
  id: string,
): UseQueryResult<ExchangeNeighbours, Error> {
  return useJson(
    ['session', sessionId, 'neighbours', id],
    `exchanges/${pathSegment(id)}/neighbours`,
  );
}

export function useBody(
  id: string,
  side: 'request' | 'response',
  isWanted = true,
): UseQueryResult<Uint8Array | null, Error> {
  return useQuery({
    queryKey: ['exchange', id, side],
    enabled: isWanted,
    queryFn: ({ signal }) => getBytes(`exchanges/${pathSegment(id)}/${side}`, signal),
  });
}

export function useRecent(limit: number): UseQueryResult<Page<ExchangeLine>, Error> {
  return useJson(['exchanges', limit], 'exchanges', { limit });
}

/** Spans of `step` (hour or day) from `from` to now, oldest first. */
export function useUsage(from: number, step: string): UseQueryResult<Page<Activity>, Error> {
  return useJson(['usage', from, step], 'usage', { from, step });
}

export function useGroups(
  by: 'clients' | 'models',
  since: number,
): UseQueryResult<Page<StatsRow>, Error> {
  return useJson(['groups', by, since], by, { since });
}

export function useLatency(since: number): UseQueryResult<LatencyStats, Error> {
  return useJson(['latency', since], 'latency', { since });
}

export function useLimits(): UseQueryResult<Page<AccountLimits>, Error> {
  return useJson(['limits'], 'limits');
}

export function useSearch(text: string, limit: number): UseQueryResult<Page<SearchHit>, Error> {
  return useQuery({
    queryKey: ['search', text, limit],
    queryFn: ({ signal }) => getJson<Page<SearchHit>>('search', { q: text, limit }, signal),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
  });
}

export function useConfig(): UseQueryResult<ConfigView, Error> {
  return useJson(['config'], 'config');
}
