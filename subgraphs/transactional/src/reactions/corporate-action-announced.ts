/** Keeps what is announced of corporate actions, amended and cancelled. */
import type { Reaction } from '@pms/events/bus';
import { corporateActionAmended, corporateActionAnnounced, corporateActionCancelled } from '@pms/schema/events/rttm';
import { forgetAction, knowAction } from '../commands/know-actions.ts';
import type { BooksContext } from '../context.ts';

export const onCorporateAction = (ctx: BooksContext): readonly Reaction[] => [
  { type: corporateActionAnnounced.name, react: (event) => knowAction(ctx, event, corporateActionAnnounced.data.parse(event.data)) },
  { type: corporateActionAmended.name, react: (event) => knowAction(ctx, event, corporateActionAmended.data.parse(event.data)) },
  { type: corporateActionCancelled.name, react: (event) => forgetAction(ctx, event, corporateActionCancelled.data.parse(event.data)) },
];
