import { x } from '@pms/nowhere';
export const y = x;
