/** A supergraph as text and as what the router needs of it: its subgraphs, its whole schema, its API schema. Throws for anything that is not one. */
import { buildASTSchema, type DocumentNode, type GraphQLSchema, Kind, parse, validateSchema } from 'graphql';
import { apiDocument } from './api-schema.ts';
import { directiveArguments } from './features.ts';

export interface SubgraphAddress {
  readonly name: string;
  readonly url: string;
}

export interface SupergraphDocument {
  readonly sdl: string;
  readonly document: DocumentNode;
  readonly subgraphs: readonly SubgraphAddress[];
  /** Every type with its federation directives: never shown to a client. */
  readonly full: GraphQLSchema;
  /** What a client sees. */
  readonly api: GraphQLSchema;
}

export function readSupergraph(sdl: string, defer = true): SupergraphDocument {
  if (sdl.trim() === '') throw new Error('the supergraph is empty');
  const document = parse(sdl, { noLocation: true });
  const subgraphs = subgraphsOf(document);
  if (subgraphs.length === 0) throw new Error('the document is not a supergraph: it names no subgraph in join__Graph');
  const full = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  const api = buildASTSchema(apiDocument(document, defer));
  if (api.getQueryType() == null) throw new Error('the supergraph has no Query type');
  const [wrong] = validateSchema(api);
  if (wrong !== undefined) throw new Error(`the supergraph’s API schema is not valid: ${wrong.message}`);
  return { sdl, document, subgraphs, full, api };
}

function subgraphsOf(document: DocumentNode): SubgraphAddress[] {
  const graphs = document.definitions.find((definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph');
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return [];
  return (graphs.values ?? []).flatMap((value) => {
    const directive = value.directives?.find(({ name }) => name.value === 'join__graph');
    if (directive === undefined) return [];
    const { name, url } = directiveArguments(directive);
    return [{ name: String(name), url: typeof url === 'string' ? url : '' }];
  });
}
