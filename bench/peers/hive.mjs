/**
 * Hive Gateway's configuration, as its documentation and the public benchmark have it: compiled projection (`jit`) for the JavaScript one, and
 * in-flight sharing of incoming operations and of subgraph requests as BENCH_SHARE says.
 */
const share = process.env.BENCH_SHARE === '1';

export const gatewayConfig = {
  jit: process.env.HIVE_ROUTER_RUNTIME !== '1',
  inboundInflightRequestDeduplication: share,
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: share } } },
};
