import { reaction } from '../reactions/something-happened.ts';
export const upwards = reaction;
