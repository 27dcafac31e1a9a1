import { client } from '../../../../prisma/a/client/client.ts';
export const c = client;
