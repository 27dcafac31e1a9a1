/** Organisations' own OpenID providers from a YAML or JSON file, validated whole. Throws StartError that names the file and everything that cannot be used. */
import { readFileSync } from 'node:fs';
import { type IdentityProvider, identityProviders } from '@pms/identity/federation';
import { StartError } from '@pms/prisma/embedded';
import { parse } from 'yaml';

export function identityProvidersIn(file: string | null): readonly IdentityProvider[] {
  if (file === null) return [];
  const parsed = identityProviders.safeParse(read(file));
  if (parsed.success) return parsed.data;
  throw new StartError(`The OpenID providers in ${file} cannot be used. ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ')}.`);
}

function read(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? [];
  } catch (error) {
    throw new StartError(`The file of OpenID providers ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
