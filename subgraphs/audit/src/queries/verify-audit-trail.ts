/** Recomputes the organisation's chain from the entries as they stand, in bounded memory. */
import { badInput } from '@pms/errors';
import type { AuditContext } from '../context.ts';
import { GENESIS, type Head, sealHolds } from '../domain/hash-chain.ts';
import { type Verification, type Verifier, verifier } from '../domain/verification.ts';
import { allCheckpoints } from './all-checkpoints.ts';

const PAGE_ROWS = 1_000;

/** What verifying needs: it also runs with nobody signed in, at the command line. */
export interface VerifyContext extends Pick<AuditContext, 'store' | 'sealKey'> {
  readonly principal: Pick<AuditContext['principal'], 'organizationId'>;
}

export interface Bounds {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** Without a bound at an end, that end of the chain is checked as well: where it begins, and where it was last left. */
export async function verifyAuditTrail(ctx: VerifyContext, { from = null, to = null }: Bounds): Promise<Verification> {
  if (from !== null && to !== null && from > to) throw badInput('`from` lies behind `to`');
  if (to === null) return toTheEnd(ctx, from);
  const range = await ctx.store.range(ctx.principal.organizationId, from, to);
  if (range === null) return verifier(null).conclude(null); // nothing was recorded then
  const verify = verifier(await entryBefore(ctx, range.first));
  await passes(ctx, verify, range.first - 1, range.last);
  return verify.conclude(null);
}

async function toTheEnd(ctx: VerifyContext, from: string | null): Promise<Verification> {
  const { organizationId } = ctx.principal;
  // the head first: entries that are chained while we look lie behind it and are left for the next time
  const sealed = await ctx.store.head(organizationId);
  const range = await ctx.store.range(organizationId, from, null);
  if (range === null && (from !== null || sealed === null)) return verifier(null).conclude(null); // nothing was recorded then
  const first = (from === null ? null : range?.first) ?? 1;
  const verify = await verifierFrom(ctx, first);
  if (sealed === null) {
    verify.fail({ seq: range?.last ?? 1, problem: 'HEAD_FORGED' });
    return verify.conclude(null);
  }
  if (!sealHolds(sealed.head, sealed.seal, await ctx.sealKey())) verify.fail({ seq: sealed.head.seq, problem: 'HEAD_FORGED' });
  if (await passes(ctx, verify, first - 1, sealed.head.seq)) await nothingBehind(ctx, verify, sealed.head);
  return verify.conclude(sealed.head);
}

/** A chain that is seen from its first entry on is held against what was written down of it. */
const verifierFrom = async (ctx: VerifyContext, first: number): Promise<Verifier> =>
  verifier(await entryBefore(ctx, first), first === 1 ? await allCheckpoints(ctx.store, ctx.principal.organizationId) : []);

async function passes(ctx: VerifyContext, verify: Verifier, after: number, upTo: number): Promise<boolean> {
  for await (const page of ctx.store.entries(ctx.principal.organizationId, after, upTo, PAGE_ROWS))
    for (const entry of page) if (!verify.see(entry)) return false;
  return true;
}

/** Null in front of the first. Where the entry is missing, the next one will be seen to have a gap in front. */
async function entryBefore(ctx: VerifyContext, seq: number): Promise<{ readonly seq: number; readonly hash: string } | null> {
  if (seq === 1) return null;
  for await (const [entry] of ctx.store.entries(ctx.principal.organizationId, seq - 2, seq - 1, 1)) if (entry !== undefined) return entry;
  return { seq: seq - 2, hash: GENESIS };
}

/** Entries behind the head, although the head has not moved on, were put there by somebody else. */
async function nothingBehind(ctx: VerifyContext, verify: Verifier, { organizationId, seq }: Head): Promise<void> {
  const range = await ctx.store.range(organizationId, null, null);
  const now = await ctx.store.head(organizationId);
  if (range !== null && now !== null && range.last > now.head.seq) verify.fail({ seq: Math.max(seq, now.head.seq) + 1, problem: 'TAIL_CHANGED' });
}
