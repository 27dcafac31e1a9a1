/** All resolvers of the domain, joined. */
import { Alert, AlertRule } from './alert.ts';
import { CorporateAction } from './corporate-action.ts';
import { Instrument, PricePoint, Quote } from './instrument.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import { Subscription } from './subscription.ts';

export const resolvers = { Query, Mutation, Subscription, Instrument, Quote, PricePoint, AlertRule, Alert, CorporateAction };
