/**
 * What Anthropic's usage says beyond token counts: server tools, tier, speed, region, and the runs
 * behind the answer (`iterations`). Source: SDK 1.12, BetaUsage; code execution is counted from the
 * answer's `server_tool_use` blocks, since the usage object does not.
 */
import type { UsageDetails, UsageIteration } from '../../core/usage-details.ts';
import {
  arrayField,
  countField,
  field,
  type JsonRecord,
  nameField,
  recordOf,
  textField,
} from '../json.ts';
import { usageOf } from './usage.ts';

/** More runs than any answer has. */
const MAX_ITERATIONS = 100;
const CODE_TOOLS: readonly string[] = [
  'code_execution',
  'bash_code_execution',
  'text_editor_code_execution',
];

export function detailsOf(usage: JsonRecord | null, blocks: readonly unknown[]): UsageDetails {
  const tools = field(usage, 'server_tool_use');
  const isCode = (block: unknown): boolean =>
    textField(block, 'type') === 'server_tool_use' && CODE_TOOLS.includes(textField(block, 'name'));
  return {
    audioInput: 0,
    audioOutput: 0,
    webSearches: countField(tools, 'web_search_requests') ?? 0,
    webFetches: countField(tools, 'web_fetch_requests') ?? 0,
    codeExecutions: blocks.filter(isCode).length,
    serviceTier: nameField(usage, 'service_tier'),
    surcharge: surchargeOf(usage),
    iterations: iterationsOf(usage),
  };
}

/** Fast mode and inference in one region cost more; the price table does not know how much. */
function surchargeOf(usage: JsonRecord | null): string | null {
  const speed = nameField(usage, 'speed');
  const region = nameField(usage, 'inference_geo');
  const words = [
    ...(speed === null || speed === 'standard' ? [] : [`speed ${speed}`]),
    ...(region === null || NO_REGION.includes(region) ? [] : [`inference in ${region}`]),
  ];
  return words.length === 0 ? null : words.join(', ').slice(0, 100);
}

const NO_REGION: readonly string[] = ['global', 'not_available'];

function iterationsOf(usage: JsonRecord | null): UsageIteration[] {
  return arrayField(usage, 'iterations')
    .slice(0, MAX_ITERATIONS)
    .flatMap((run) => {
      const counted = usageOf(recordOf(run));
      const model = nameField(run, 'model');
      return counted === null ? [] : [{ type: textField(run, 'type'), model, usage: counted }];
    });
}
