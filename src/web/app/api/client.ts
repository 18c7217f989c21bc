/** Calls of the server's API: JSON in, core types out, every failure as an ApiError that a person can read. */
import type { Problem } from '../../api-types.ts';

const BASE = '/api/v1';

class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The address of an API path, with what is undefined or empty left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') words.set(name, String(value));
  }
  const text = words.toString();
  return `${BASE}/${path}${text === '' ? '' : `?${text}`}`;
}

export async function getJson<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await send(apiUrl(path, query), signal === undefined ? {} : { signal });
  return await response.json();
}

/** A body as it was stored; null when it was not. */
export async function getBytes(path: string, signal?: AbortSignal): Promise<Uint8Array | null> {
  try {
    const response = await send(apiUrl(path), signal === undefined ? {} : { signal });
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** A call that changes something; `token` proves that this page makes it. */
export async function change(method: 'PUT' | 'DELETE', path: string, token: string): Promise<void> {
  await send(apiUrl(path), { method, headers: { 'x-lunaroute-token': token } });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError(0, 'LunaRoute does not answer: is it still running?', { cause: error });
  });
  if (response.ok) return response;
  throw new ApiError(response.status, await problemText(response));
}

async function problemText(response: Response): Promise<string> {
  try {
    const { title, detail }: Partial<Problem> = await response.json();
    return detail ?? title ?? `status ${response.status}`;
  } catch {
    return `status ${response.status}`;
  }
}
