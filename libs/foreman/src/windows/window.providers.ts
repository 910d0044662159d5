import type { Provider } from '@nestjs/common';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { WindowBook } from './window-book.ts';
import { windowHandlers } from './window.commands.ts';

/** What keeps maintenance windows, for Nest. */
export const windowProviders: readonly Provider[] = [
  { provide: WindowBook, inject: [READ_STORE], useFactory: (reads: ReadStore) => new WindowBook(reads) },
  ...windowHandlers,
];
