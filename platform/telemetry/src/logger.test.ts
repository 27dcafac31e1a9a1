/** What never gets into a log, however it is put there. */
import { expect, test } from 'vitest';
import { logger } from './logger.ts';

function written(): { readonly lines: string[]; readonly log: ReturnType<typeof logger> } {
  const lines: string[] = [];
  return { lines, log: logger({ level: 'info', process: 'test', destination: { write: (line) => void lines.push(line) } }) };
}

test('fields that hold secrets are written without them, wherever they are', () => {
  const { lines, log } = written();
  const shown = { token: 'canary', user: { Password: 'canary', name: 'Ann' }, request: { headers: [{ authorization: 'canary', Cookie: 'canary' }] }, deep: { er: { client_secret: 'canary' } } };
  log.info(shown, 'told');
  log.error({ err: Object.assign(new Error('it failed'), { config: { headers: { authorization: 'canary' } }, refreshToken: 'canary' }) }, 'failed');
  expect(lines.join('')).not.toContain('canary');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ token: '[removed]', user: { Password: '[removed]', name: 'Ann' }, process: 'test', msg: 'told' });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ err: { message: 'it failed', config: { headers: { authorization: '[removed]' } } } });
  expect(shown.token, 'the caller keeps its own').toBe('canary');
});

test('everything else is written as it is', () => {
  const { lines, log } = written();
  const at = new Date(0);
  log.info({ at, none: null, list: [1, { a: 'b' }], tokens: 3, secretary: 'Ann' }, 'told');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ at: at.toISOString(), none: null, list: [1, { a: 'b' }], tokens: 3, secretary: 'Ann' });
});
