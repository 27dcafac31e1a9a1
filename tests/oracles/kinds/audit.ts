/** Merkle trees and canonical JSON, as the audit trail is hashed. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../subgraphs/audit/src/domain/canonical-json.ts';
import { leafHash, merkleRoot, nodeHash } from '../../../subgraphs/audit/src/domain/merkle.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase } from '../oracle-case.ts';

/** Bytes that a case gives as `<name>_hex` or `<name>_ascii`. */
function bytes({ input }: OracleCase, name: string): Buffer {
  const [hex, ascii] = [input[`${name}_hex`], input[`${name}_ascii`]];
  if (typeof hex === 'string') return Buffer.from(hex, 'hex');
  if (typeof ascii === 'string') return Buffer.from(ascii, 'ascii');
  throw new NotCovered(`no ${name}`);
}

const canonical: Evaluate = ({ input }) => {
  const written = canonicalJson(JSON.parse(input['json_text'] as string));
  return { canonical_utf8: written, sha256_hex: createHash('sha256').update(written, 'utf8').digest('hex') };
};

export const auditKinds: Readonly<Record<string, Evaluate>> = {
  canonical_json: canonical,
  merkle_leaf: (given) => ({ hash_hex: leafHash(bytes(given, 'leaf')).toString('hex') }),
  merkle_node: (given) => ({ hash_hex: nodeHash(bytes(given, 'left'), bytes(given, 'right')).toString('hex') }),
  merkle_root: ({ input }) => ({ root_hex: merkleRoot((input['leaves_hex'] as string[]).map((leaf) => Buffer.from(leaf, 'hex'))).toString('hex') }),
};
