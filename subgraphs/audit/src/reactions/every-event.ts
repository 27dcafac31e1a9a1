/** Records every event of every domain. Redelivery is harmless: the inbox row and the entry commit together. */
import type { Reaction } from '@pms/events/bus';
import { sealEvents, type Sealing } from '../commands/seal-events.ts';

export const onEveryEvent = (sealing: Sealing): Reaction => ({
  acrossKeys: true,
  type: '*',
  react: (event) => sealEvents(sealing, [event]),
  reactAll: (events) => sealEvents(sealing, events),
});
