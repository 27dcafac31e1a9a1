/** Names of organisations, people and programs: 1 to 200 characters once the surrounding spaces are gone. */
import { invalid } from '@pms/errors';

const NAME_CHARACTERS_MAX = 200;

export function named(name: string, field: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > NAME_CHARACTERS_MAX) throw invalid(`a name has 1 to ${NAME_CHARACTERS_MAX} characters`, field);
  return trimmed;
}
