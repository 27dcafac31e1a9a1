/**
 * The journeys that need nothing of a platform but that it is there, one after another on one that is started for all of them: to start it, with a process each most
 * of all, takes longer than most of what is told about it. Those that need an empty platform, or one that is set up otherwise, are files of their own.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { consequences } from './consequences.journey.ts';
import { currencies } from './currencies.journey.ts';
import { custody } from './custody.journey.ts';
import { doors } from './doors.journey.ts';
import { exportsTaken } from './exports.journey.ts';
import { importing } from './import.journey.ts';
import { live } from './live.journey.ts';
import { mainJob } from './main-job.journey.ts';
import { onRecord } from './record.journey.ts';
import { settlementLife } from './settlement-life.journey.ts';
import { type Journey, type Platform, type Shape, startPlatform, STARTS_WITHIN_MS } from './support/platform.ts';
import { taxLots } from './tax-lots.journey.ts';
import { tradeLife } from './trade-life.journey.ts';

/** So many requests of one client in so many seconds: low enough to be passed on purpose, and more than any journey needs that does not mean to. */
const RATE_LIMIT = '1000/20';
/** A bound, not an expectation: a machine with other work takes its time. */
const CONSISTENCY_WAIT_MS = '25000';

/**
 * By name. The main job first, which ranks every portfolio that there is; the record before those that are refused on purpose, since what is refused again is on record
 * a minute later. Behind the others, what comes of trades, which looks at all that has come of theirs. Custody, which is a matter of commands, about one process alone.
 */
const journeysOf = (shape: Shape): Readonly<Record<string, Journey>> => ({
  'main-job': mainJob, 'trade-life': tradeLife, 'settlement-life': settlementLife, currencies, 'tax-lots': taxLots, record: onRecord, exports: exportsTaken, import: importing,
  ...(shape === 'a process each' ? {} : { custody }), consequences, live, doors,
});

/** JOURNEYS names those that are wanted, where not all are: `JOURNEYS=tax-lots,live`. */
const wanted = process.env['JOURNEYS']?.split(',');

export function told(shape: Shape, which = journeysOf(shape)): void {
  describe(`in the shape of ${shape}`, () => {
    let platform: Platform;
    beforeAll(async () => {
      platform = await startPlatform(shape, { env: { PMS_RATE_LIMIT: RATE_LIMIT, CONSISTENCY_WAIT_MS } });
    }, STARTS_WITHIN_MS);
    afterAll(async () => {
      await platform?.stop();
    });
    for (const [name, journey] of Object.entries(which)) if (wanted?.includes(name) !== false) journey(() => platform, shape);
  });
}
