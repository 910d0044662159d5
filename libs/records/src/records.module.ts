import type { Room } from '#runtime';
import { readModelModel } from './read-model.api.ts';
import { secretModel } from './secret.api.ts';

/** What is kept on record, and the rows that are made of it. */
export const recordsRoom: Room = {
  name: 'records',
  rows: [],
  furnish: (ground) => ({ api: [readModelModel(ground), secretModel(ground.secrets)] }),
};
