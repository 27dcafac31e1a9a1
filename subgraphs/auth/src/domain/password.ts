/** What a password must be: long enough to resist guessing, short enough to hash. Nothing is asked of its characters. */
import { invalid } from '@pms/errors';

const PASSWORD_CHARACTERS_MIN = 12;
export const PASSWORD_CHARACTERS_MAX = 256;

export function acceptable(password: string, field: string): string {
  if (password.length < PASSWORD_CHARACTERS_MIN || password.length > PASSWORD_CHARACTERS_MAX)
    throw invalid(`a password has ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters`, field);
  return password;
}
