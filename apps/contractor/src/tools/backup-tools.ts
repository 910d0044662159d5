import type { RestoredBackup, TakenBackup } from '#backup';
import { restoreBackup, takeBackup } from '#backup';
import { ErasedFile, erasedIn, namedIn } from '#people';
import type { Environment } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { keptSecretKey, Secrets } from '#secrets';
import { knownHere } from './checkpoint-tools.ts';
import type { ToolRun } from './log-tools.ts';
import type { OpenData } from './open-data.ts';
import { requireLog, withData } from './open-data.ts';

/** Backs up log and ledgers by the settings of a server, which may run. */
export const backUp = (env: Environment, file: string, { onProgress, signal }: ToolRun = {}): Promise<TakenBackup> =>
  withData(env, {}, async (data) => {
    await requireLog(data);
    return takeBackup({
      file,
      pool: data.pool,
      log: data.elsewhere,
      product: productVersion(),
      signal,
      onProgress: ({ events, share }) => onProgress?.(`${events} events, ${Math.floor(share * 100)} %`),
    });
  });

/** Whether the key of this server opens the secrets that were restored; `missing`: it has none yet. */
export type KeyState = 'fits' | 'another' | 'missing';

export interface Restored extends RestoredBackup {
  readonly key: KeyState;
  /** How many in it are to be erased again; the server does so when it starts. */
  readonly eraseAgain: number;
}

export interface RestoreOptions extends ToolRun {
  readonly file: string;
  readonly replace: boolean;
  readonly damaged: boolean;
  /** A file that says who was erased, from the data directory of a server; what is known here counts, too. */
  readonly erased: string | undefined;
}

/** Restores a backup into what the settings of a server lead to; none may run there. */
export const restore = (env: Environment, options: RestoreOptions): Promise<Restored> =>
  withData(env, { whole: true }, async (data) => {
    const { onProgress, erased, ...rest } = options;
    const known = ErasedFile.in(data.settings.runtime.data);
    const told = erased === undefined ? [] : await new ErasedFile(erased).demand();
    await known.add([...told, ...(await erasedIn(data.pool))]);
    const restored = await restoreBackup({
      ...rest,
      pool: data.pool,
      store: data.elsewhere,
      onProgress: ({ events, share }) => onProgress?.(`${events} events, ${Math.floor(share * 100)} %`),
    });
    // Whoever restores a backup knows that what came behind it is gone.
    await (await knownHere(data))?.putAside();
    const again = await namedIn(data.pool, await known.read());
    return { ...restored, key: await keyState(data), eraseAgain: again.length };
  });

/** Whether the key that the settings lead to is that of the secrets in the database. */
export async function keyState({ settings, pool }: Pick<OpenData, 'settings' | 'pool'>): Promise<KeyState> {
  const key = settings.secrets.secretKey ?? (await keptSecretKey(settings.runtime.data));
  if (key === undefined) return 'missing';
  return (await new Secrets(pool, key).fits()) === false ? 'another' : 'fits';
}
