/** The portfolio domain's words for lot methods. */
import type { LotMethod } from './lots.ts';

export type MethodName = 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE_COST' | 'SPECIFIC';

/** As lots know it. SPECIFIC is FIFO for what a trade does not name, as tax law has it where no lots were identified. */
export const lotMethodOf = (name: string): LotMethod => {
  if (name === 'AVERAGE_COST') return 'AVERAGE';
  return name === 'LIFO' || name === 'HIFO' ? name : 'FIFO';
};
