/** Distinctive secrets, and where they came to light: as they are, percent-encoded, in base64 wherever they begin in it, and in hex. */
import { randomBytes } from 'node:crypto';

export interface Canary {
  /** What it is, as the failure says it. */
  readonly name: string;
  /** As whoever holds it writes it. */
  readonly secret: string;
}

const CORE_BYTES = 18;
/** So many characters of a secret are found again; shorter ones would be found by chance. */
const SHORTEST = 12;

/** Letters and digits, which every encoding of text leaves as they are, between marks that most of them change. */
export const canary = (name: string, length = 0): Canary => ({ name, secret: `c/${randomBytes(CORE_BYTES).toString('hex')}+&=%${'x'.repeat(length)}` });

/** The longest run of letters and digits: percent-encoding and the escapes of JSON change nothing in it. */
const coreOf = (secret: string): string => (secret.match(/[A-Za-z0-9]+/g) ?? []).toSorted((a, b) => b.length - a.length)[0] ?? '';

/** In base64 a text looks in one of three ways, by where it begins; what its neighbours have a part in is cut off. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
    return whole.slice(before === 0 ? 0 : 4, whole.length - 4 - (whole.length % 4));
  });
}

function formsOf(secret: string): string[] {
  const core = coreOf(secret);
  if (core.length < SHORTEST) throw new Error(`too short to be found: ${secret}`);
  const base64 = inBase64(core);
  return [core, ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), Buffer.from(core).toString('hex'), [...core].toReversed().join('')];
}

export interface Place {
  readonly name: string;
  readonly text: string;
}

/** One line for each canary in each place, with what stands around it. */
export function found(canaries: readonly Canary[], places: readonly Place[]): string[] {
  return canaries.flatMap(({ name, secret }) => formsOf(secret).flatMap((form) => places.flatMap(({ name: place, text }) => {
    const at = text.indexOf(form);
    return at < 0 ? [] : [`${name} in ${place}: …${text.slice(Math.max(0, at - 120), at)}[HERE]${text.slice(at + form.length, at + form.length + 40)}…`];
  })));
}
