/**
 * The OAuth library, loaded without its warning about the runtime: it tells a Node that has no long-term support by a name
 * that builds of Node from npm do not carry, and would say so at every start.
 */
/* oxlint-disable eslint/no-console -- the library writes there, and nowhere else */
const { warn } = console;
console.warn = (...words: unknown[]) => { if (!String(words[0]).includes('Unsupported runtime')) warn(...words); };
const library = await import('oidc-provider');
console.warn = warn;

export const { Provider, errors, interactionPolicy } = library;
