/** The contract of a bus, over the one that delivers out of the outbox: within a process, and between processes. */
import { localBus } from '@pms/events/local-bus';
import { notifications } from '@pms/events/notifications';
import { pgPeers } from '@pms/events/pg-peers';
import { silent } from '@pms/telemetry/logger';
import { busContract } from './bus-contract.ts';
import { publishers } from './world.ts';

busContract('within one database', { make: async ({ database, url }) => localBus({ database, publishers, logger: silent, peers: pgPeers(await notifications(url, silent)) }) });
