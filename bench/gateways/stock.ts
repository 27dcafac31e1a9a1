/** A program: Apollo Server with the stock ApolloGateway, as its documentation sets it up. The supergraph's file is the first argument. */
import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const gateway = new ApolloGateway({ supergraphSdl: readFileSync(process.argv[2] ?? '', 'utf8') });
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), { listen: { port: 0, host: '127.0.0.1' } });
console.log(`stock gateway at ${url.replace(/\/$/, '')}`);
process.on('disconnect', () => process.exit(0));
