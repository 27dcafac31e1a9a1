/** Every journey, told about everything in one process. */
import { told } from './journeys.ts';

told('one process');
