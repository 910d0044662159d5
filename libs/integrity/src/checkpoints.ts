import type { OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import type { CheckpointKeys } from './checkpoint-key.ts';
import { CheckpointLedger } from './checkpoint-ledger.ts';

/** The ledger of checkpoints of a server, and its keys; made and read when it starts. */
export class Checkpoints implements OnModuleInit {
  readonly ledger: CheckpointLedger;
  readonly #pool: Pool;
  readonly #read: () => Promise<CheckpointKeys>;
  #keys: CheckpointKeys | undefined;

  constructor(pool: Pool, read: () => Promise<CheckpointKeys>) {
    this.#pool = pool;
    this.#read = read;
    this.ledger = new CheckpointLedger(pool);
  }

  async onModuleInit(): Promise<void> {
    await CheckpointLedger.make(this.#pool);
    this.#keys = await this.#read();
  }

  /** @throws Error before the server has started */
  readonly keysNow = (): CheckpointKeys => {
    if (!this.#keys) throw new Error('the keys of checkpoints are not read yet');
    return this.#keys;
  };
}
