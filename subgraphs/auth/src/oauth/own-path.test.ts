/** Which texts lead back to this server. */
import { expect, test } from 'vitest';
import { ownPath } from './own-path.ts';

const ISSUER = 'https://pms.example';

test.each(['/', '/graphiql', '/graphiql?query=%7B%20viewer%20%7D#top', '/a/../b', '/@evil.example', '/https://evil.example'])('%s is a page of this server', (text) => {
  const path = ownPath(text, ISSUER) ?? '';
  expect(new URL(path, 'http://another.name:4000').origin).toBe('http://another.name:4000');
  expect(path).toMatch(/^\/(?!\/)/);
});

test.each([
  'https://evil.example/', '//evil.example/', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', '/\n//evil.example', '/.//evil.example', '/a/..//evil.example', '/%2e//evil.example',
  'javascript:alert(1)', 'graphiql', '', '?x', `/${'x'.repeat(2_000)}`, undefined, ['/graphiql'],
])('%j is not', (text) => {
  expect(ownPath(text, ISSUER)).toBeNull();
});
