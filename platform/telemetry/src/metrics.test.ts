/** What every process says of itself, whatever else it does. */
import { expect, test } from 'vitest';
import { describeProcess, metrics } from './metrics.ts';

test('a process says which build it is, and how Node is doing', async () => {
  describeProcess({ service: 'pms-test', version: '1.2.3' });
  const text = await metrics.metrics();
  expect(text).toContain(`pms_build_info{service="pms-test",version="1.2.3",node="${process.versions.node}"} 1`);
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes', 'nodejs_gc_duration_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes']) expect(text).toContain(`# TYPE ${name} `);
});
