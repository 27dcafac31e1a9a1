/** The organisation's alerts as they are raised. Alerts are not conflated: a listener that falls too far behind is cut off. */
import { listen } from '@pms/events/live';
import { decimal } from '@pms/money';
import type { RttmContext } from '../context.ts';
import type { Alert, AlertMessage } from '../domain/alerts.ts';
import { following } from './following.ts';

export function alertStream({ live, principal }: RttmContext): AsyncIterableIterator<Alert> {
  const raised = listen<AlertMessage>(live, [`alerts/${principal.organizationId}`], { keep: 'all' });
  return following([], raised, (message) => ({ ...message, last: decimal(message.last), raisedAt: new Date(message.raisedAt) }));
}
