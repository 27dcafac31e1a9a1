/** What the four subgraphs hold, and how they answer. The sizes make the fixed operation's answer about 87 kB. */

const WORDS = 'the table came on time and stands where the old one stood although one leg is a little shorter than the others which nobody notices before dinner'.split(' ');
/** Words of each review's text: short and long ones, as people write them. */
const LENGTHS = [92, 64, 55, 30, 93, 62, 56, 31, 30, 32, 168];
const USERS = ['Ada', 'Blaise', 'Chien', 'Dorothy', 'Emmy', 'Fazlur'];
const REVIEWS_PER_USER = 2;
const PRODUCTS = ['Table', 'Couch', 'Chair', 'Lamp', 'Desk', 'Shelf', 'Stool', 'Rug', 'Clock'];
const DEAR = 1_000;

interface Reference { readonly id: string }
interface Article { readonly upc: string; readonly price?: number; readonly weight?: number }

const text = (at: number): string => Array.from({ length: LENGTHS[at] ?? 0 }, (_, word) => WORDS[(at * 7 + word) % WORDS.length]).join(' ');
const user = (id: string) => {
  const at = Number(id) - 1;
  const name = USERS[at];
  return name === undefined ? null : { __typename: 'User', id, name: `${name} of the Bench`, username: name.toLowerCase(), birthday: 1_900 + at };
};
const product = (upc: string) => {
  const at = Number(upc) - 1;
  const name = PRODUCTS[at];
  return name === undefined ? null : { __typename: 'Product', upc, name, price: 99 + 150 * at, weight: 100 * (1 + (at % 5)) };
};
/** The first product has four reviews, so has the second; the next have fewer, and most have none. */
const PRODUCT_OF_REVIEW = ['1', '1', '1', '1', '2', '2', '2', '2', '3', '4', '4'];
const review = (at: number) => {
  const author = user(String(1 + (at % 3)));
  return { __typename: 'Review', id: String(at + 1), body: text(at), product: { __typename: 'Product', upc: PRODUCT_OF_REVIEW[at] ?? '1' }, author };
};
const reviewed = LENGTHS.map((_, at) => review(at));
/** Everybody's first two are of what everybody has bought, as in the public benchmark; only the first of them differ. */
const reviewsOf = (id: string) => Array.from({ length: REVIEWS_PER_USER }, (_, at) => reviewed[(Number(id) % 2) + at]);

const reference = <R>(resolve: (given: R) => unknown) => ({ __resolveReference: resolve });

/** By subgraph, as `buildSubgraphSchema` takes them. */
export const resolvers: Readonly<Record<string, object>> = {
  accounts: {
    Query: { me: () => user('1'), users: () => USERS.map((_, at) => user(String(at + 1))), user: (_: unknown, { id }: Reference) => user(id) },
    User: reference(({ id }: Reference) => user(id)),
  },
  inventory: {
    Product: {
      ...reference((given: Article) => ({ ...given, inStock: Number(given.upc) % 4 !== 0 })),
      shippingEstimate: ({ price = 0, weight = 0 }: Article) => (price > DEAR ? 0 : Math.round(weight / 2)),
    },
  },
  products: {
    Query: {
      topProducts: (_: unknown, { first }: { first: number }) => PRODUCTS.slice(0, first).map((_name, at) => product(String(at + 1))),
      product: (_: unknown, { upc }: Article) => product(upc),
    },
    Product: reference(({ upc }: Article) => product(upc)),
  },
  reviews: {
    Query: { review: (_: unknown, { id }: Reference) => reviewed[Number(id) - 1] ?? null },
    Review: reference(({ id }: Reference) => reviewed[Number(id) - 1] ?? null),
    User: { ...reference(({ id }: Reference) => ({ ...user(id) })), reviews: ({ id }: Reference) => reviewsOf(id) },
    Product: { ...reference(({ upc }: Article) => ({ upc })), reviews: ({ upc }: Article) => reviewed.filter((one) => one.product.upc === upc) },
  },
};
