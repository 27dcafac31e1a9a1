/** Recomputes the organisation's chain from the entries as they stand, in bounded memory. */
import { badInput } from '@pms/errors';
import type { AuditContext } from '../context.ts';
import { publicKeyOf, signatureHolds, signingKey } from '../domain/checkpoint.ts';
import { GENESIS, type Head, sealHolds } from '../domain/hash-chain.ts';
import { type Broken, type Root, type Verification, type Verifier, verifier } from '../domain/verification.ts';
import type { CheckpointSink } from '../store/checkpoint-file.ts';
import type { SealedHead } from '../store/rows.ts';
import { allCheckpoints } from './all-checkpoints.ts';

const PAGE_ROWS = 1_000;

/** What verifying needs: it also runs with nobody signed in, at the command line. */
export interface VerifyContext extends Pick<AuditContext, 'store' | 'sealKey' | 'checkpointSecret'> {
  /** Where checkpoints are kept outside of the database; null where nowhere. */
  readonly sink: CheckpointSink | null;
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
  // what was written down first, then the head: entries that are chained while we look lie behind it and are left for the next time
  const kept = await writtenDown(ctx, from);
  const sealed = await ctx.store.head(organizationId);
  const range = await ctx.store.range(organizationId, from, null);
  if (range === null && (from !== null || sealed === null)) return verifier(null).conclude(null); // nothing was recorded then
  const first = from === null ? 1 : range?.first ?? 1;
  const verify = verifier(await entryBefore(ctx, first), kept.roots);
  if (kept.forged !== null) verify.fail(kept.forged);
  const forged = await headForged(ctx, sealed, range);
  if (forged !== null) verify.fail(forged);
  if (sealed === null) return verify.conclude(null);
  if (await passes(ctx, verify, first - 1, sealed.head.seq)) await nothingBehind(ctx, verify, sealed.head);
  return verify.conclude(sealed.head);
}

/** Null where the record of the chain's end is ours. */
async function headForged({ sealKey }: VerifyContext, sealed: SealedHead | null, range: { readonly last: number } | null): Promise<Broken | null> {
  if (sealed === null) return { seq: range?.last ?? 1, problem: 'HEAD_FORGED', message: 'the record of where the chain ends is gone' };
  if (sealHolds(sealed.head, sealed.seal, await sealKey())) return null;
  return { seq: sealed.head.seq, problem: 'HEAD_FORGED', message: `the record that the chain ends at ${sealed.head.seq} was changed by somebody without its key` };
}

interface WrittenDown {
  readonly roots: readonly Root[];
  readonly forged: Broken | null;
}

/** What a chain that is seen from its first entry on is held against: what is in the database, and what is kept where nobody who holds the database can reach it. */
async function writtenDown({ store, principal: { organizationId }, sink, checkpointSecret }: VerifyContext, from: string | null): Promise<WrittenDown> {
  if (from !== null) return { roots: [], forged: null };
  const [inside, outside, secret] = await Promise.all([allCheckpoints(store, organizationId), sink?.read(organizationId) ?? [], checkpointSecret()]);
  const publicKey = publicKeyOf(signingKey(secret));
  const roots = [...inside.map((one) => ({ ...one, kept: 'the database' })), ...outside.map((one) => ({ ...one, kept: sink?.where ?? '' }))];
  const forged = roots.find((one) => one.organizationId !== organizationId || !signatureHolds(one, publicKey));
  return {
    roots: roots.filter((one) => one !== forged),
    forged: forged === undefined ? null : { seq: forged.size, problem: 'CHECKPOINT_DIFFERS', message: `the checkpoint of ${forged.size} entries in ${forged.kept} is not signed by us` },
  };
}

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
  if (range !== null && now !== null && range.last > now.head.seq) {
    const first = Math.max(seq, now.head.seq) + 1;
    verify.fail({ seq: first, problem: 'TAIL_CHANGED', message: `entry ${first} was put behind the end of the chain by somebody else` });
  }
}
