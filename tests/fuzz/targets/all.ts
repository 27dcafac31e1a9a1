/** Every parser of what comes from outside, by name. A new one is added here. */
import type { Target } from '../support/target.ts';
import { custody } from './custody.ts';
import { events } from './events.ts';
import { fix } from './fix.ts';
import { identity } from './identity.ts';
import { imports } from './imports.ts';
import { router } from './router.ts';
import { scalarTargets } from './scalars.ts';
import { tables } from './tables.ts';

export const targets: readonly Target[] = [...tables, ...imports, ...custody, ...fix, ...scalarTargets, ...identity, ...events, ...router];
