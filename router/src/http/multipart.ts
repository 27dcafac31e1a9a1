/**
 * The parts of a `multipart/mixed` answer as text: for subscriptions (subscriptionSpec=1.0), and for what `@defer` leaves for later
 * (deferSpec=20220824). A part ends with the boundary of the next, so that a client need not wait for the next to have this one.
 */
export interface PartWriter {
  readonly contentType: string;
  /** Before the first part. */
  readonly open: string;
  /** `json` is one JSON value, as it is to arrive. */
  part(json: string): string;
  /** After the last part. */
  readonly end: string;
}

function partWriter(boundary: string, spec: string): PartWriter {
  const head = '\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';
  const delimiter = `\r\n--${boundary}`;
  return { contentType: `multipart/mixed; boundary="${boundary}"; ${spec}`, open: delimiter, part: (json) => head + json + delimiter, end: '--\r\n' };
}

/** Each part is `{ "payload": … }`, `{}` as a heartbeat, or `{ "payload": null, "errors": … }` where the stream itself fails. */
export const subscriptionParts = partWriter('graphql', 'subscriptionSpec=1.0');

/** The first part is a whole answer with `hasNext`; the others are `{ "incremental": […], "hasNext": … }`. */
export const deferredParts = partWriter('-', 'deferSpec=20220824');
