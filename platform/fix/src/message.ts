/**
 * FIX 4.4 messages in tag=value form: fields in their order, repeated tags included. Text is Latin-1, one byte a character, so that body
 * length and checksum are those of the bytes. Refuses (as garbled) what has a wrong checksum or length, or a field that is none.
 */

/** The tags that the session speaks of, by their names in FIX. */
export const TAG = {
  BeginSeqNo: 7, BeginString: 8, BodyLength: 9, CheckSum: 10, EndSeqNo: 16, MsgSeqNum: 34, MsgType: 35, NewSeqNo: 36, PossDupFlag: 43, RefSeqNum: 45, SenderCompID: 49,
  SendingTime: 52, TargetCompID: 56, Text: 58, EncryptMethod: 98, HeartBtInt: 108, TestReqID: 112, OrigSendingTime: 122, GapFillFlag: 123, ResetSeqNumFlag: 141,
  RefTagID: 371, RefMsgType: 372, SessionRejectReason: 373, BusinessRejectReason: 380, Username: 553, Password: 554,
} as const;

export type Field = readonly [tag: number, value: string];

export interface FixMessage {
  /** The value of MsgType. */
  readonly type: string;
  readonly fields: readonly Field[];
  /** As it came. */
  readonly raw: string;
}

export const BEGIN_STRING = 'FIX.4.4';
const SOH = '\u0001';
/** A field of data may hold any byte: its length is told by the field before it. */
const DATA_AFTER: ReadonlyMap<number, number> = new Map([
  [90, 91], [93, 89], [95, 96], [212, 213], [348, 349], [350, 351], [352, 353], [354, 355], [356, 357], [358, 359], [360, 361], [362, 363], [364, 365], [445, 446], [618, 619], [621, 622]]);
const CHECKSUM_MODULUS = 256;

/** The first value of a tag. */
export const valueOf = ({ fields }: Pick<FixMessage, 'fields'>, tag: number): string | undefined => fields.find(([name]) => name === tag)?.[1];

/** The whole message around the fields of its header and body: first MsgType. */
export function encoded(fields: readonly Field[]): string {
  const body = fields.map(([tag, value]) => `${tag}=${value.replaceAll(SOH, ' ')}${SOH}`).join('');
  const counted = `${TAG.BeginString}=${BEGIN_STRING}${SOH}${TAG.BodyLength}=${body.length}${SOH}${body}`;
  return `${counted}${TAG.CheckSum}=${checksum(counted)}${SOH}`;
}

const checksum = (text: string): string => (Buffer.from(text, 'latin1').reduce((sum, byte) => sum + byte, 0) % CHECKSUM_MODULUS).toString().padStart(3, '0');

/** What a frame holds, or why it is garbled: such a message is passed over as if it had not come. */
export function decoded(raw: string): FixMessage | { readonly garbled: string } {
  const trailer = raw.lastIndexOf(`${SOH}${TAG.CheckSum}=`);
  if (trailer < 0) return { garbled: 'it has no checksum' };
  const counted = raw.slice(0, trailer + 1);
  if (raw.slice(trailer + 1) !== `${TAG.CheckSum}=${checksum(counted)}${SOH}`) return { garbled: 'its checksum is wrong' };
  const fields = fieldsOf(counted);
  if (fields === null) return { garbled: 'a field of it is none' };
  const [, , type] = fields;
  if (fields[0]?.[0] !== TAG.BeginString || fields[1]?.[0] !== TAG.BodyLength || type?.[0] !== TAG.MsgType) return { garbled: 'it does not begin with its version, length and type' };
  return { type: type[1], fields, raw };
}

/** Null where a part is no field. */
function fieldsOf(text: string): Field[] | null {
  const fields: Field[] = [];
  const lengths = new Map<number, number>();
  for (let at = 0; at < text.length;) {
    const equals = text.indexOf('=', at);
    const tag = /^[1-9]\d{0,4}$/.test(text.slice(at, equals)) ? Number(text.slice(at, equals)) : null;
    if (equals < 0 || tag === null) return null;
    const length = lengths.get(tag);
    const end = length === undefined ? text.indexOf(SOH, equals) : equals + 1 + length;
    if (end < equals + 1 || text[end] !== SOH) return null;
    const value = text.slice(equals + 1, end);
    fields.push([tag, value]);
    const data = DATA_AFTER.get(tag);
    lengths.clear();
    if (data !== undefined && /^\d{1,6}$/.test(value)) lengths.set(data, Number(value));
    at = end + 1;
  }
  return fields;
}

/** UTCTimestamp with milliseconds. */
export const fixTime = (ms: number): string => new Date(ms).toISOString().replaceAll('-', '').replace('T', '-').slice(0, 'YYYYMMDD-HH:MM:SS.sss'.length);

/** Milliseconds since the epoch; null for text that is no UTCTimestamp. */
export function timeOf(text: string): number | null {
  const [, year, month, day, time] = /^(\d{4})(\d{2})(\d{2})-(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/.exec(text) ?? [];
  const ms = year === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T${time}Z`);
  return Number.isNaN(ms) ? null : ms;
}
