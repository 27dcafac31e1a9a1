import { client } from '../../../../prisma/b/client/client.ts';
export const theirs = client;
