/** The layouts that come with the platform: facts about how brokers export, as data. */
import degiroEur from './mappings/degiro-eur.json' with { type: 'json' };
import degiro from './mappings/degiro.json' with { type: 'json' };
import fidelity from './mappings/fidelity.json' with { type: 'json' };
import generic from './mappings/generic.json' with { type: 'json' };
import ibkrActivity from './mappings/ibkr-activity.json' with { type: 'json' };
import ibkrFlex from './mappings/ibkr-flex.json' with { type: 'json' };
import revolut from './mappings/revolut.json' with { type: 'json' };
import saxo from './mappings/saxo.json' with { type: 'json' };
import schwab from './mappings/schwab.json' with { type: 'json' };
import swissquote from './mappings/swissquote.json' with { type: 'json' };
import trading212 from './mappings/trading212.json' with { type: 'json' };
import { asMapping, type Mapping } from './mapping.ts';

const shipped: readonly unknown[] = [generic, ibkrFlex, ibkrActivity, schwab, fidelity, degiro, degiroEur, trading212, swissquote, saxo, revolut];

let mappings: ReadonlyMap<string, Mapping> | null = null;

/** By name, in the order in which they are told. */
export function shippedMappings(): ReadonlyMap<string, Mapping> {
  mappings ??= new Map(shipped.map(asMapping).map((mapping) => [mapping.name, mapping]));
  return mappings;
}
