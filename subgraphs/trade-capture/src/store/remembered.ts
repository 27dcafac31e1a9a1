/** Remembers rows that never change once they are there, so that a capture need not ask for them again. What is not there is asked for each time. */

const REMEMBERED_MAX = 20_000;

export function remembered<T extends { readonly id: string }>(find: (organizationId: string, ids: readonly string[]) => Promise<readonly T[]>) {
  const known = new Map<string, T>();
  return async (organizationId: string, ids: readonly string[]): Promise<T[]> => {
    const missing = ids.filter((id) => !known.has(`${organizationId} ${id}`));
    if (missing.length > 0) {
      const found = await find(organizationId, missing);
      if (known.size + found.length > REMEMBERED_MAX) known.clear();
      for (const one of found) known.set(`${organizationId} ${one.id}`, one);
    }
    return ids.flatMap((id) => known.get(`${organizationId} ${id}`) ?? []);
  };
}
