/** Finding one cookie among others. */
import { expect, test } from 'vitest';
import { cookieValue, sessionCookieName } from './session-cookie.ts';

test('a cookie is found by its whole name, wherever it stands', () => {
  const header = 'not_pms_session=1; pms_session=a.b.c;pms_session_2=3; flag';
  expect(cookieValue(header, 'pms_session')).toBe('a.b.c');
  expect(cookieValue('x=1; pms_session=a=b', 'pms_session')).toBe('a=b');
});

test.each([undefined, '', 'flag', 'pms_session', 'pms_session=', 'pms_session= ; x=1', 'PMS_SESSION=1'])('%j holds none', (header) => {
  expect(cookieValue(header, 'pms_session')).toBeNull();
});

test('over TLS only the cookie that no other host could have set is looked at', () => {
  expect([sessionCookieName('https://pms.example'), sessionCookieName('http://127.0.0.1:4000')]).toEqual(['__Host-pms_session', 'pms_session']);
});
