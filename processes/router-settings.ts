/** The router's settings from a YAML or JSON file, validated whole. Throws StartError that names the file and every setting that cannot be used. */
import { readFileSync } from 'node:fs';
import { routerSettings, type RouterSettings, type RouterSettingsInput } from '@pms/router/settings';
import { StartError } from '@pms/prisma/embedded';
import { parse } from 'yaml';

/** `standing` is what holds where the file says nothing; the file goes before it, setting by setting. */
export function settingsFrom(file: string | null, standing: RouterSettingsInput = {}): RouterSettings {
  const given = file === null ? {} : read(file);
  const parsed = routerSettings.safeParse(merged(standing, given));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new StartError(`The settings in ${file ?? 'the environment'} cannot be used. ${problems.join('; ')}.`);
}

function read(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new StartError(`The settings file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Objects key by key; anything else is replaced. */
function merged(under: unknown, over: unknown): unknown {
  if (!isObject(under) || !isObject(over)) return over;
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) result[key] = key in under ? merged(under[key], value) : value;
  return result;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
