/** A broker's end of a FIX session: it numbers what it sends, answers heartbeats and requests to send again, and calls again when the line is cut. */
import { connect, type Socket } from 'node:net';
import { framer } from '@pms/fix/framing';
import { decoded, encoded, type Field, fixTime, type FixMessage, TAG, valueOf } from '@pms/fix/message';

const CALL_AGAIN_MS = 200;

export class Broker {
  readonly heard: FixMessage[] = [];
  /** What was sent, by number: null for what is not sent again. */
  private readonly sent = new Map<number, readonly Field[] | null>();
  private next = 1;
  private socket: Socket | null = null;
  private over = false;
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
    this.call();
  }

  private call(): void {
    if (this.over) return;
    const frames = framer();
    const socket = connect({ host: '127.0.0.1', port: this.port });
    socket.on('connect', () => {
      this.socket = socket;
      this.say('A', [[TAG.EncryptMethod, '0'], [TAG.HeartBtInt, '30']], false);
    });
    socket.on('data', (bytes: Buffer) => {
      for (const message of frames.take(bytes).map(decoded)) if (!('garbled' in message)) this.hear(message);
    });
    socket.on('error', () => undefined).on('close', () => {
      this.socket = null;
      setTimeout(() => this.call(), CALL_AGAIN_MS);
    });
  }

  private hear(message: FixMessage): void {
    this.heard.push(message);
    if (message.type === '1') this.say('0', [[TAG.TestReqID, valueOf(message, TAG.TestReqID) ?? '']], false);
    if (message.type === '2') this.sendAgain(Number(valueOf(message, TAG.BeginSeqNo)));
  }

  private sendAgain(from: number): void {
    for (let number = from; number < this.next; number++) {
      const fields = this.sent.get(number) ?? null;
      if (fields === null) this.write('4', number, [[TAG.PossDupFlag, 'Y'], [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, String(number + 1)]]);
      else this.write('8', number, [[TAG.PossDupFlag, 'Y'], [TAG.OrigSendingTime, fixTime(Date.now())], ...fields]);
    }
  }

  private write(type: string, number: number, body: readonly Field[]): void {
    this.socket?.write(Buffer.from(encoded([[TAG.MsgType, type], [TAG.SenderCompID, 'BROKER'], [TAG.TargetCompID, 'PMS'], [TAG.MsgSeqNum, String(number)], [TAG.SendingTime, fixTime(Date.now())], ...body]), 'latin1'));
  }

  /** Also while the line is cut: it is then sent when it is asked for. */
  say(type: string, body: readonly Field[], again = true): void {
    this.sent.set(this.next, again ? body : null);
    this.write(type, this.next++, body);
  }

  close(): void {
    this.over = true;
    this.socket?.destroy();
  }
}
