import type { Json, JsonMap, SecretReference } from '#kernel';
import { IntegralFloat, isSecretReference, looksLikeReference, writeJson } from '#kernel';
import { Erased } from '#secrets';
import type { SecretPath } from '#wire';

/** Parameters of a task with the texts of their secrets, for the moment in which they are sent. */
export interface ResolvedParameters {
  readonly parameters: JsonMap;
  /** Where the secrets stand. */
  readonly secrets: readonly SecretPath[];
  /** Their texts. */
  readonly texts: readonly string[];
  /** Ids of secrets that have been erased: the task cannot be sent. */
  readonly erased: readonly string[];
}

/**
 * Resolves the references to secrets in the parameters of a task.
 * @param reader who is handed them, in words, which is noted; undefined: nobody is
 */
export type ResolveSecrets = (parameters: JsonMap, reader?: string) => Promise<ResolvedParameters>;

/** Text with references in it, as scripts join it. */
interface SealedText extends JsonMap {
  readonly $text: readonly (string | SecretReference)[];
}

/**
 * @param read gives the value of a secret; throws `Erased`
 * @param note notes that somebody is handed secrets, by their ids
 */
export function secretResolver(
  read: (reference: SecretReference) => Promise<Json>,
  note: (reader: string, secrets: Iterable<string>) => void = () => undefined,
): ResolveSecrets {
  return async (parameters, reader) => {
    if (!looksLikeReference(parameters)) return { parameters, secrets: [], texts: [], erased: [] };
    const secrets: SecretPath[] = [];
    const texts: string[] = [];
    const erased: string[] = [];
    const revealed = new Set<string>();

    const textOf = async (part: string | SecretReference): Promise<string> => {
      if (typeof part === 'string') return part;
      try {
        const value = await read(part);
        const text = typeof value === 'string' ? value : writeJson(value);
        texts.push(text);
        revealed.add(part.$secret);
        return text;
      } catch (error) {
        if (!(error instanceof Erased)) throw error;
        erased.push(error.id);
        return '';
      }
    };
    const resolved = async (value: Json, path: SecretPath): Promise<Json> => {
      if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value;
      const parts = isSecretReference(value) ? [value] : isSealedText(value) ? value.$text : undefined;
      if (parts) {
        secrets.push(path);
        return (await Promise.all(parts.map(textOf))).join('');
      }
      if (Array.isArray(value)) return Promise.all(value.map((inner, index) => resolved(inner, [...path, index])));
      return map(value as JsonMap, path);
    };
    const map = async (values: JsonMap, path: SecretPath): Promise<JsonMap> => {
      const entries = Object.entries(values).map(async ([key, inner]) => [key, await resolved(inner, [...path, key])]);
      return Object.fromEntries((await Promise.all(entries)) as [string, Json][]);
    };
    const whole = await map(parameters, []);
    // Where one has been erased, nobody is handed the task.
    if (reader !== undefined && erased.length === 0) note(reader, revealed);
    return { parameters: whole, secrets, texts, erased };
  };
}

const isSealedText = (value: object): value is SealedText =>
  Object.keys(value).length === 1 && Array.isArray((value as { readonly $text?: unknown }).$text);

/** Who may be handed a task that is put onto the wire, in words. */
export const agentsOf = (site: string, module: string): string => `agents of module "${module}" at site "${site}"`;

/** Why a task with erased secrets is not sent. */
export const erasedText = (erased: readonly string[]): string =>
  `the task cannot be sent: ${erased.length === 1 ? 'a secret in its parameters has' : 'secrets in its parameters have'} been erased`;
