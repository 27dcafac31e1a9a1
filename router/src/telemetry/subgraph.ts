/** A subgraph in this process, as a span: what its resolvers do finds the span in the active context, as it does in a process of its own. */
import { context } from '@opentelemetry/api';
import { childOf, contextUnder, endFailed, type Trace } from './trace.ts';

interface MayHaveErrors { readonly errors?: readonly unknown[] }

export async function underSubgraph<T extends object>(name: string, under: Trace, work: () => Promise<T>): Promise<T> {
  const trace = childOf(under, `subgraph ${name}`, { attributes: { 'pms.subgraph': name } });
  try {
    const result = await context.with(contextUnder(trace.span), work);
    if ('errors' in result && (result as MayHaveErrors).errors !== undefined) endFailed(trace, 'errors');
    else trace.span.end();
    return result;
  } catch (error) {
    endFailed(trace, error instanceof Error ? error.name : 'unknown');
    throw error;
  }
}
