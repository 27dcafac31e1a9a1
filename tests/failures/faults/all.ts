/** Every kind of fault, by name. */
import { broker, leader } from './brokers.ts';
import { clock } from './clock.ts';
import { cut, halfOpen, slow } from './connections.ts';
import { failover, postgres } from './databases.ts';
import { duplicated, handedAgain } from './deliveries.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { kill } from './kill.ts';
import { poison } from './poison.ts';
import { redis } from './redis.ts';

export const faults: readonly Fault[] = [kill, broker, leader, postgres, failover, cut, slow, halfOpen, fullDisk, clock, duplicated, handedAgain, poison, redis];
