/** What a journey of one share in one portfolio finds in place; its trades are purchases of ten at 100 USD unless they say otherwise. */
import type { PmsClient } from '@pms/client';
import type { CaptureTradeInput } from '@pms/client/generated';
import { serviceClient } from './clients.ts';
import type { Platform } from './platform.ts';
import { funded, listed } from './world.ts';

export interface OneShare {
  readonly service: PmsClient;
  readonly portfolioId: string;
  readonly trade: (externalId: string, over?: Partial<CaptureTradeInput>) => CaptureTradeInput;
}

export interface Wanted {
  readonly symbol: string;
  readonly portfolio: string;
  /** USD. */
  readonly cash: string;
  /** The last of its closes, and that of its trades. */
  readonly day: string;
}

export async function oneShare(platform: Platform, { symbol, portfolio, cash, day }: Wanted): Promise<OneShare> {
  const service = serviceClient(platform);
  const instrumentId = await listed(service, { symbol, until: day, close: 100 });
  const portfolioId = await funded(service, portfolio, cash);
  return {
    service, portfolioId,
    trade: (externalId, over = {}) => ({ portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: day, externalId, ...over }),
  };
}
