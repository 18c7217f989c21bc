/** Sends spans of a running server to an OTLP receiver, when the configuration names one. */
import type { LoadedConfig } from '../../config/load.ts';
import type { Runtime } from '../runtime.ts';
import { VERSION } from '../version.ts';

/** The end of the program does not wait longer for a receiver that is slow. */
const FLUSH_MS = 2000;

/** The SDK is loaded only when it is used. */
export async function startOtel(runtime: Runtime, { config }: LoadedConfig): Promise<void> {
  const { endpoint, headers, content } = config.otel;
  if (endpoint === undefined) return;
  const { OtelExporter } = await import('../../otel/exporter.ts');
  const exporter = new OtelExporter({ endpoint, headers, hasContent: content, version: VERSION });
  runtime.bus.subscribe(exporter.take);
  runtime.onStop(() => exporter.close(FLUSH_MS));
}
