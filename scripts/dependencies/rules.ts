/**
 * What a dependency must be: pinned with the hash of its content, from the registry and from nowhere else, without a script that runs while it is
 * installed, and under a licence that is allowed. Says each fault in a sentence; whether a fault of a package is known elsewhere is not asked here.
 */

export interface Locked {
  /** As the lockfile has it: `name@version`. */
  readonly id: string;
  readonly resolution: Readonly<Record<string, unknown>>;
}

/** Of an installed package, by what its package.json says. */
export interface Installed {
  readonly id: string;
  readonly name: string;
  readonly licence: string | null;
  /** Scripts that a package manager would run while it installs. */
  readonly scripts: readonly string[];
}

export interface Allowed {
  /** SPDX identifiers. */
  readonly licences: ReadonlySet<string>;
  /** By name, where a package says none or another one: what it is, and why it is allowed. */
  readonly exceptions: ReadonlyMap<string, { readonly licence: string | null; readonly why: string }>;
  /** Whether the install scripts of a package may run, by its name: every package that has any is named. */
  readonly builds: ReadonlyMap<string, boolean>;
  /** Packages whose scripts may run. */
  readonly mayBuild: ReadonlySet<string>;
}

const SHA_512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** Of the lockfile's packages. */
export const unpinned = (packages: readonly Locked[]): string[] => packages.flatMap(({ id, resolution }) => {
  const others = Object.keys(resolution).filter((key) => key !== 'integrity');
  return [
    ...(typeof resolution['integrity'] === 'string' && SHA_512.test(resolution['integrity']) ? [] : [`${id} is not pinned by a SHA-512 of its content`]),
    ...(others.length === 0 ? [] : [`${id} comes from elsewhere than the registry (${others.join(', ')})`]),
  ];
});

export const building = (packages: readonly Installed[], { builds, mayBuild }: Allowed): string[] => [
  ...packages.filter(({ name, scripts }) => scripts.length > 0 && !builds.has(name)).map(({ id, scripts }) => `${id} has a script that runs while it is installed (${scripts.join(', ')}), and nobody decided about it`),
  ...[...builds].filter(([name, may]) => may && !mayBuild.has(name)).map(([name]) => `${name} may run scripts while it is installed, and is not on the list of those that may`),
];

export const unlicensed = (packages: readonly Installed[], { licences, exceptions }: Allowed): string[] => {
  const unused = [...exceptions.keys()].filter((name) => packages.every((one) => one.name !== name));
  return [
    ...packages.flatMap(({ id, name, licence }) => {
      const exception = exceptions.get(name);
      if (exception !== undefined) return exception.licence === licence ? [] : [`${id} is under ${licence ?? 'no licence'}, and the exception for it is about ${exception.licence ?? 'none'}`];
      return licence !== null && allows(licence, licences) ? [] : [`${id} is under ${licence ?? 'no licence that it names'}, which is not on the list`];
    }),
    ...unused.map((name) => `the exception for ${name} is of no package that is installed`),
  ];
};

/** An SPDX expression without nesting: of OR one must be allowed, of AND each. */
function allows(expression: string, licences: ReadonlySet<string>): boolean {
  const plain = expression.replaceAll(/[()]/g, ' ').replaceAll(' and ', ' AND ').trim();
  return plain.split(/\s+OR\s+/).some((choice) => choice.split(/\s+AND\s+/).every((one) => licences.has(one.trim())));
}
