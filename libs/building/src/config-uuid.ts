import { may } from '#api';
import type { Layer } from '#config';
import type { Caller } from '#kernel';
import { secretReference } from '#kernel';

/** The permission to see the `config_uuid` of structures: whoever knows it gets their secrets in clear text. */
export const CONFIG_UUID_PERMISSION = { grant: 'Building.can_view_config_uuid' } as const;

/** Under what name a configuration has it. */
const NAME = '_structure_config_uuid';

/** Whether a caller may see the `config_uuid` of structures. */
export const seesConfigUuid = (caller: Caller): boolean => may(caller, CONFIG_UUID_PERMISSION);

/** Layers as a caller is shown what comes of them: `config_uuid` is a secret to those who may not see it. */
export function layersFor(caller: Caller, layers: readonly Layer[]): readonly Layer[] {
  if (seesConfigUuid(caller)) return layers;
  return layers.map(({ attributes, ...layer }) => ({
    ...layer,
    ...(attributes && { attributes: attributes.map(([key, value]) => [key, key === NAME ? HIDDEN : value] as const) }),
  }));
}

/** Stands in its place: shown and rendered as a secret is. No secret has this id, so nothing can be read by it. */
const HIDDEN = secretReference('config_uuid');
