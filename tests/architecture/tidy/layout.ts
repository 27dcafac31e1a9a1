/** Rules about where things are and how long they may be. */
import { type House, isCode, isTest, type Rule, subgraphsOf } from './house.ts';

const LINES_MAX = 300;
const ROOMS = ['graphql', 'commands', 'queries', 'reactions', 'domain', 'store'];
const PARTS = ['README.md', 'package.json', 'schema.graphql', 'src/subgraph.ts', 'src/context.ts', 'src/graphql/', 'src/domain/', 'src/store/'];

function roomsOf(house: House, subgraph: string): string[] {
  const prefix = `subgraphs/${subgraph}/src/`;
  return [...new Set([...house.keys()].filter((path) => path.startsWith(prefix)).flatMap((path) => /^([^/]+)\//.exec(path.slice(prefix.length))?.[1] ?? []))];
}

/** A room beyond the usual ones is allowed where the domain's README says what it is for. */
export const sameSkeleton: Rule = (house) =>
  subgraphsOf(house).flatMap((subgraph) => {
    const base = `subgraphs/${subgraph}/`;
    const paths = [...house.keys()].filter((path) => path.startsWith(base));
    const missing = PARTS.filter((part) => !paths.some((path) => path === base + part || path.startsWith(`${base}${part}`)));
    const readme = house.get(`${base}README.md`) ?? '';
    const extra = roomsOf(house, subgraph).filter((room) => !ROOMS.includes(room) && !readme.includes(`src/${room}`));
    return [...missing.map((part) => `${base}${part} is missing`), ...extra.map((room) => `${base}src/${room} is a room that its README does not explain`)];
  });

export const shortFiles: Rule = (house) =>
  [...house].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1;
    return isCode(path) && lines > LINES_MAX ? [`${path} has ${lines} lines; ${LINES_MAX} is the most`] : [];
  });

/** A configuration file may open with its comment after nothing else, too; tests are named by their sentences. */
export const opensWithASentence: Rule = (house) =>
  [...house].flatMap(([path, text]) => (isCode(path) && !isTest(path) && !/^(#!.*\n)?\/\*\*?\s/.test(text) ? [`${path} does not open with a sentence that says what it is`] : []));

export const noBarrels: Rule = (house) =>
  [...house].flatMap(([path, text]) => (isCode(path) && /^export \* from/m.test(text) ? [`${path} is a barrel`] : []));

/** Assembled from parts, so that this file does not hold what it looks for. */
const UNFINISHED = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);

export const nothingUnfinished: Rule = (house) =>
  [...house].flatMap(([path, text]) => (isCode(path) || path.endsWith('.graphql') || path.endsWith('.sql') ? [{ path, text }] : [])).flatMap(({ path, text }) => {
    const line = text.split('\n').findIndex((content) => UNFINISHED.test(content));
    return line < 0 ? [] : [`${path}:${line + 1} is not finished`];
  });

/** Time, chance and surroundings arrive as arguments. */
const WORLD = /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bprocess\.|\bcrypto\.random|\bperformance\.now\(/;

export const domainAsksNoClock: Rule = (house) =>
  [...house].flatMap(([path, text]) => (/^subgraphs\/[^/]+\/src\/domain\//.test(path) && !isTest(path) && WORLD.test(text) ? [`${path} asks the clock, chance or the surroundings: ${WORLD.exec(text)?.[0] ?? ''}`] : []));
