/** Where checkpoints are kept outside of the database: a folder, or a bucket whose objects are locked. */
import type { CheckpointBucket } from '@pms/subgraph/subgraph';
import { checkpointBucket } from './checkpoint-bucket.ts';
import { checkpointFile, type CheckpointSink } from './checkpoint-file.ts';

export const sinkAt = (place: string | CheckpointBucket): CheckpointSink => (typeof place === 'string' ? checkpointFile(place) : checkpointBucket(place));
