import { Inject } from '@nestjs/common';
import type { ConfigOwner, IsSecretName, Pairs } from '#config';
import { holdsClear, sealedValues, secretNames } from '#config';
import type { UnitOfWork } from '#kernel';
import type { CommandContext, EventStore } from '#event-store';
import { CommandExecutor, EVENT_STORE } from '#event-store';
import type { Key, ReadStore } from '#read-store';
import { NotReady, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import { ApiFeatures } from './api-features.ts';
import { declaredSecrets, declaredSecretsNow } from './declared-secrets.ts';
import type { ConfigRows } from './erase-secret.ts';

/** A kind of object with configuration values. */
export interface ConfigHolder {
  /** As its secrets are kept: `Site`. */
  readonly kind: string;
  readonly rows: ConfigRows;
  /** Puts other values in the place of those it has; nothing where it is not there any more. */
  change(work: UnitOfWork, key: Key, become: (values: Pairs) => Promise<Pairs>): Promise<void>;
}

/** How many objects are changed in one append. */
const BATCH = 100;
/** How many objects are looked at together. */
const PAGE = 1000;
/** How long the read models may take to show what was written before, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Puts references in the place of values that were written before their names were declared to be those of secrets. */
export class SecretSealing {
  @Inject(ApiFeatures) protected readonly features!: ApiFeatures;
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(EVENT_STORE) protected readonly store!: EventStore;
  @Inject(Secrets) protected readonly secrets!: Secrets;

  /**
   * Seals what stands in clear text anywhere, in appends of 100 objects each. Whoever writes values later sees the
   * declaration, so nothing is missed; done again, it does what is left.
   * @throws NotReady where the read models are late
   */
  async seal({ metadata }: CommandContext): Promise<void> {
    const { projector } = this.reads;
    if (!(await projector.caughtUp(await this.store.head(), TIMEOUT_MS)))
      throw new NotReady('the read models are late');
    const isSecret = secretNames(await declaredSecretsNow(this.reads));
    let steps = 0;
    for (const holder of this.features.configHolders) {
      const keys = await this.#keysOfClear(holder, isSecret);
      for (let at = 0; at < keys.length; at += BATCH) {
        steps += 1;
        const request = `${metadata.request}/seal${steps}`;
        await this.executor.execute({ ...metadata, request, command: 'SealSecrets' }, async (work) => {
          for (const key of keys.slice(at, at + BATCH)) await this.#sealOne(work, holder, key, request);
          work.throwIfFaulted();
        });
      }
    }
    await projector.caughtUp(await this.store.head(), TIMEOUT_MS);
  }

  /** The objects of a kind that have something in clear text. */
  async #keysOfClear({ rows: model }: ConfigHolder, isSecret: IsSecretName): Promise<readonly Key[]> {
    const found: Key[] = [];
    for (let skip = 0; ; skip += PAGE) {
      const { rows } = await this.reads.now.list(model, { skip, count: PAGE });
      for (const { key, row } of rows) if (holdsClear(row.configValues, isSecret)) found.push(key);
      if (rows.length < PAGE) return found;
    }
  }

  async #sealOne(work: UnitOfWork, holder: ConfigHolder, key: Key, request: string): Promise<void> {
    const isSecret = secretNames(await declaredSecrets(work));
    const owner: Pick<ConfigOwner, 'owner' | 'secrets' | 'request'> = {
      owner: `${holder.kind} ${key}`,
      secrets: this.secrets,
      request,
    };
    await holder.change(work, key, (values) => sealedValues(values, isSecret, owner));
  }
}
