/** The scalars of the API, money itself, canonical JSON. */
import { giveMeaning } from '@pms/subgraph/scalars';
import { decimal, isDecimalText, text as textOf } from '@pms/money';
import fc from 'fast-check';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { canonicalJson } from '../../../subgraphs/audit/src/domain/canonical-json.ts';
import { mutatedJson, mutatedText } from '../support/mutated.ts';
import { oddValues } from '../support/odd.ts';
import { must, outcome, target } from '../support/target.ts';

const names = ['Decimal', 'Date', 'DateTime', 'Currency'] as const;
const scalars = new Map(names.map((name) => {
  const scalar = new GraphQLScalarType({ name });
  giveMeaning(scalar);
  return [name, scalar] as const;
}));
const FORMS: Readonly<Record<(typeof names)[number], RegExp>> = { Decimal: /^-?\d{1,20}(\.\d{1,18})?$/, Date: /^\d{4}-\d{2}-\d{2}$/, DateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3,6}Z$/, Currency: /^[A-Z]{3}$/ };
const texts = mutatedText(['187.25', '-0.000000000000000001', '99999999999999999999', '2026-11-20', '2024-02-29', '2026-11-20T14:30:00Z', '2026-11-20T14:30:00.123456789+05:30', '2026-12-31T23:59:59-12:00', 'USD'], ['-', '.', ':', 'T', 'Z', '+', '0', '9', '00', '60', '24', 'e', 'usd', '\n']);

const values = target<readonly [(typeof names)[number], unknown]>({
  name: 'scalars', says: 'a value is read in its one form, which is read again as itself, or refused as the caller’s mistake',
  inputs: fc.tuple(fc.constantFrom(...names), fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: fc.constantFrom(...oddValues) })),
  holds([name, value]) {
    const scalar = scalars.get(name);
    must(scalar !== undefined, 'there is such a scalar');
    const read = outcome(() => scalar.parseValue(value), GraphQLError);
    if (typeof value === 'string') {
      const literal = outcome(() => scalar.parseLiteral({ kind: Kind.STRING, value }, {}), GraphQLError);
      must('value' in literal === 'value' in read && ('refused' in literal || ('value' in read && literal.value === read.value)), 'written out or as a variable it is the same', value);
    }
    if ('refused' in read) return must((read.refused as GraphQLError).extensions['code'] === 'BAD_USER_INPUT' && read.refused.message.length < 300, 'a refusal says whose mistake it is', read.refused.message);
    must(typeof read.value === 'string' && FORMS[name].test(read.value), 'it is in its form', read.value);
    must(scalar.parseValue(read.value) === read.value, 'its form is read as itself', read.value);
    must(scalar.serialize(read.value) === read.value, 'it is written as it was read', read.value);
  },
});

const money = target<string>({
  name: 'decimals', says: 'a decimal is exact and within 38 digits, or no decimal',
  inputs: texts,
  holds(value) {
    const read = outcome(() => decimal(value), RangeError);
    must('value' in read === isDecimalText(value), 'what is said to be a decimal is one', value);
    if (!('value' in read)) return;
    must(decimal(textOf(read.value)).equals(read.value) && read.value.precision() <= 38, 'its text is itself', value);
    must(read.value.plus(1).minus(1).equals(read.value), 'sums are exact', value);
  },
});

const canonical = target<unknown>({
  name: 'canonical-json', says: 'canonical JSON is JSON, says the same again, and is refused for what JSON cannot carry',
  inputs: mutatedJson([{ b: 1, a: [true, null, 'x'], '€': { é: 1e21, z: -0 } }, [[], {}, ''], { id: 'trd_1', amount: '187.25' }]),
  holds(value) {
    const written = outcome(() => canonicalJson(value), TypeError);
    if ('refused' in written) return must(/surrogate|JSON has no/.test(written.refused.message), 'it says why', written.refused.message);
    must(canonicalJson(JSON.parse(written.value)) === written.value, 'read and written again it is the same', written.value);
    must(JSON.stringify(JSON.parse(written.value)) === JSON.stringify(sorted(JSON.parse(written.value))), 'members are in their order', written.value);
  },
});

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
};

export const scalarTargets = [values, money, canonical];
