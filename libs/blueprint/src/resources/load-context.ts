import type { ConfigSchema, SecretKeeping } from '#config';
import { schemaSecretNames } from '#config';
import type { CommandContext } from '#event-store';
import { secretReference } from '#kernel';
import type { Ids } from '#read-store';
import type { LoadContext } from './loading.ts';
import type { ResourceFile } from './resource-file.ts';

/** What loading some files takes besides them; a dry run keeps no secret and uses up no id. */
export function loadContext(
  files: readonly ResourceFile[],
  dryRun: boolean,
  { metadata: { request } }: CommandContext,
  { secrets, ids: given }: { readonly secrets: SecretKeeping; readonly ids: Pick<Ids, 'take'> },
): LoadContext {
  const ids: number[] = [];
  const slots = files
    .flatMap(({ definitions }) => definitions)
    .reduce((sum, one) => sum + ('scripts' in one ? one.scripts.size : 0), 0);
  return {
    request,
    secrets: dryRun
      ? {
          keep: async () => secretReference('dry run'),
          holds: (reference, value) => secrets.holds(reference, value),
          ownerOf: (reference) => secrets.ownerOf(reference),
        }
      : secrets,
    nextId: async () => {
      if (dryRun) return -1 - ids.push(0);
      // All that can be needed at once; gaps are normal.
      if (ids.length === 0) ids.push(...(await given.take('blueprintScript', slots)));
      return ids.shift() as number;
    },
  };
}

/** Whether a file declares names of secrets, so that what was written in clear text before has to be sealed. */
export const declaresSecrets = ({ definitions }: ResourceFile): boolean =>
  definitions.some(
    (one) => 'configSchema' in one && schemaSecretNames((one.configSchema ?? {}) as unknown as ConfigSchema).length > 0,
  );
