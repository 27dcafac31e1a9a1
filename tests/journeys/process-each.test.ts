/** Every journey, told about a process for each domain. */
import { told } from './journeys.ts';

told('a process each');
