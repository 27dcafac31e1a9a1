/** Loaded before a process of the platform: what the file of CHAOS_CLOCK says, in milliseconds, is added to what it takes for the time. Timers and performance.now() go on as they are. */
import { readFileSync } from 'node:fs';

const LOOK_MS = 100;
const file = process.env.CHAOS_CLOCK;
const Real = Date;
const now = Date.now.bind(Date);
let shift = 0;

const look = () => {
  try {
    shift = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    shift = 0;
  }
};
look();
setInterval(look, LOOK_MS).unref();

Real.now = () => now() + shift;
globalThis.Date = new Proxy(Real, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [Real.now()] : given, made),
  apply: () => new Real(Real.now()).toString(),
});
