/** `pnpm dev:kafka`: a broker for a person, at 127.0.0.1:9092 unless told another port, with its data in .pms/kafka. Ends with Ctrl-C; what it holds stays. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startBrokers } from './brokers.ts';

const STANDARD_PORT = '9092';
const { values: { port, brokers: count } } = parseArgs({ options: { port: { type: 'string', default: STANDARD_PORT }, brokers: { type: 'string', default: '1' } } });
const folder = path.resolve(import.meta.dirname, '../../../.pms', count === '1' ? 'kafka' : `kafka-${count}`);
const brokers = await startBrokers({ folder, port: Number(port), brokers: Number(count) });
console.log(`Kafka answers at ${brokers.addresses.join(', ')}; data in ${folder}`);
console.log(`KAFKA_BROKERS=${brokers.addresses.join(',')} npm start`);
const stop = (): void => void brokers.stop().then(() => process.exit(0));
process.on('SIGINT', stop).on('SIGTERM', stop);
