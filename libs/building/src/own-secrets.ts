import { isSecretName } from '#config';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import { isSecretReference, MASK } from '#kernel';
import { isVaultMark } from '#platform';
import type { Secrets } from '#secrets';

/** Whose fields are given, and what keeps their secrets. */
export interface OwnFieldsOf {
  /** In words: `Complex esx1`. */
  readonly owner: string;
  /** The fields before; none where the owner is new. */
  readonly before?: JsonMap | undefined;
  readonly secrets: Pick<Secrets, 'holds' | 'keep'>;
  /** Id of the request they came with. */
  readonly request: string;
}

/**
 * Fields of a platform with references in the place of those that are secrets by their names. A mask is what was there
 * before; that credentials are in a vault is no secret.
 */
export async function sealedFields(work: UnitOfWork, fields: JsonMap, of: OwnFieldsOf): Promise<JsonMap> {
  const sealed: [string, Json][] = [];
  for (const [name, value] of Object.entries(fields)) {
    sealed.push([name, isSecretName(name) ? await sealedField(work, name, value, of) : value]);
  }
  return Object.fromEntries(sealed);
}

async function sealedField(
  work: UnitOfWork,
  name: string,
  value: Json,
  { owner, before, secrets, request }: OwnFieldsOf,
): Promise<Json> {
  if (value === null || value === undefined || isVaultMark(value)) return value ?? null;
  const known = before?.[name];
  if (value === MASK) {
    if (isSecretReference(known) || isVaultMark(known)) return known ?? null;
    work.fault(name, 'MASKED', 'is a mask, and there is no value it stands for');
    return null;
  }
  if (isSecretReference(known) && (await secrets.holds(known, value))) return known;
  return secrets.keep(value, `${owner} ${name}`, request);
}
