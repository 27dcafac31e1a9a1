/** The subscriptions: each yields the value of its one field. */
import { alertStream } from '../queries/alert-stream.ts';
import { quoteStream } from '../queries/quote-stream.ts';
import type { SubscriptionResolvers } from './types.generated.ts';

export const Subscription: SubscriptionResolvers = {
  quotes: {
    subscribe: (_, { instrumentIds }, ctx) => quoteStream(ctx, instrumentIds),
    resolve: (quote: unknown) => quote as never,
  },
  alertRaised: {
    subscribe: (_, _args, ctx) => alertStream(ctx),
    resolve: (alert: unknown) => alert as never,
  },
};
