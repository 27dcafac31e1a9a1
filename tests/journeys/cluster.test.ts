/** The main job, told about a cluster wherever there can be one; with JOURNEYS_IN=cluster every journey. */
import { describe } from 'vitest';
import { noKafka } from '../../infra/dev/kafka/brokers.ts';
import { told } from './journeys.ts';
import { mainJob } from './main-job.journey.ts';
import { shapes } from './support/platform.ts';

describe.skipIf(!shapes.includes('a cluster') && (await noKafka()) !== null)('with Kafka', () => {
  told('a cluster', shapes.includes('a cluster') ? undefined : { 'main-job': mainJob });
});
