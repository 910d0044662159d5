import { declaredSecrets } from '#api';
import { blueprintSecretNames } from '#blueprint';
import type { UnitOfWork } from '#kernel';
import { siteSecretNames } from '#site';
import type { Structure } from './structure.ts';

/** The names of secrets that count for the values of a structure: of its site, its blueprint, and those any blueprint declares. */
export const secretNamesFor = async (
  work: UnitOfWork,
  of: Pick<Structure, 'site' | 'blueprint'>,
): Promise<readonly string[]> => [
  ...(await siteSecretNames(work, of.site)),
  ...(await blueprintSecretNames(work, [of.blueprint])),
  ...(await declaredSecrets(work)),
];
