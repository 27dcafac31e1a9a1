/** The router's settings file: read whole, merged with what the platform asks, refused by name. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environment } from '@pms/processes/environment';
import { routerOptions } from '@pms/processes/router';
import { settingsFrom } from '@pms/processes/router-settings';
import { silent } from '@pms/telemetry/logger';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-settings-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, 'router.yaml');
  fs.writeFileSync(name, text);
  return name;
}

test('without a file the settings are the standard ones, with what the platform asks', () => {
  expect(settingsFrom(null, { rate: { points: 7 } })).toMatchObject({ rate: { capacity: 7, refillPerSecond: 0.7 }, limits: { depthMax: 20 } });
});

test('a file goes before what the platform asks, setting by setting', () => {
  const settings = settingsFrom(file('limits:\n  depthMax: 5\nrate:\n  windowSeconds: 60\n'), { rate: { points: 7 }, subscriptions: { conflate: { quotes: [] } } });
  expect(settings).toMatchObject({ limits: { depthMax: 5, aliasesMax: 30 }, rate: { capacity: 7, refillPerSecond: 7 / 60 }, subscriptions: { conflate: { quotes: [] } } });
});

test('an empty file changes nothing, and JSON is read as well', () => {
  expect(settingsFrom(file(''))).toEqual(settingsFrom(null));
  expect(settingsFrom(file('{"limits": {"depthMax": 9}}')).limits.depthMax).toBe(9);
});

test('every setting that cannot be used is named at once, and so is the file', () => {
  const name = file('limits:\n  depthMax: -1\nrate:\n  pionts: 3\n');
  expect(() => settingsFrom(name)).toThrow(/router\.yaml cannot be used.*(?=.*limits\.depthMax)(?=.*pionts)/);
});

test('a file that is not there, or no YAML, is told in a sentence', () => {
  expect(() => settingsFrom(path.join(folder, 'none.yaml'))).toThrow(/none\.yaml cannot be read/);
  expect(() => settingsFrom(file('a: [1'))).toThrow(/cannot be read/);
});

test('subgraphs are shown certificates and passed consistency tokens, whatever else a file has passed on to them', () => {
  const name = file('subgraphs:\n  all: { headers: { pass: [x-desk] } }\n  byName: { rttm: { headers: { pass: [] } }, audit: { timeoutMs: 9 } }\n');
  const env = environment({ PMS_HOME: folder, ROUTER_CONFIG: name, PMS_TLS_CERT_FILE: 'cert.pem', PMS_TLS_KEY_FILE: 'key.pem', PMS_TLS_CA_FILE: 'ca.pem' });
  const { settings } = routerOptions(env, silent);
  expect(settings?.subgraphs).toMatchObject({
    all: { certFile: expect.stringContaining('cert.pem'), headers: { pass: ['x-desk', 'x-pms-consistency'] } },
    byName: { rttm: { headers: { pass: ['x-pms-consistency'] } }, audit: { timeoutMs: 9 } },
  });
  expect(settings?.subgraphs?.byName?.['audit']?.headers?.pass).toBeUndefined();
});
