import type { ConfigFailure } from '#config';
import { checkConfiguration } from '#config';
import type { Fault } from '#kernel';
import { Refusal } from '#kernel';
import type { BuildingLayers } from './building-layers.ts';

/** What of a configuration is not as the blueprints it comes from declare; nothing: all of it is. */
export const configFailures = ({ declarations, layers, classes }: BuildingLayers): Promise<readonly ConfigFailure[]> =>
  checkConfiguration(declarations, layers, classes);

/**
 * Holds the configuration of the target of a job against what is declared of it. A job that destroys is never refused:
 * what was built has to be destroyed however its blueprint has changed.
 * @throws Refusal with every failure
 */
export async function checkJobConfig(script: string, found: BuildingLayers | undefined): Promise<void> {
  if (script === 'destroy' || !found) return;
  const faults = (await configFailures(found)).map(({ key, text }): Fault => ({
    field: key,
    code: 'INVALID_CONFIG',
    text,
    exception: 'ForemanException',
  }));
  if (faults.length > 0) throw new Refusal(faults);
}
