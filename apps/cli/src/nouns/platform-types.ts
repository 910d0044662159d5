import type { RestClient, Values } from '../rest-client.ts';

/** What can be of several types, one for each platform. */
export type Typed = 'foundation' | 'complex';

/** A field as the server describes it. */
export interface DescribedField {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  /** The model it refers to. */
  readonly of?: string;
  readonly does?: string;
  readonly choices?: readonly string[];
  readonly initial?: unknown;
  readonly required: boolean;
  readonly createOnly: boolean;
}

/** A type of foundations or complexes, as the server describes it. */
export interface DescribedType {
  /** How commands call it: `virtualbox`. */
  readonly name: string;
  readonly model: string;
  readonly does: string;
  readonly fields: readonly DescribedField[];
  /** Its fields in the order they are shown in. */
  readonly shown: readonly string[];
}

const BASES = { foundation: 'Building/Foundation', complex: 'Building/Complex' } as const;
const ENDINGS = { foundation: 'Foundation', complex: 'Complex' } as const;

interface Schema extends Values {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly 'x-base'?: string;
}

/** The types of foundations or complexes that the server has, as it describes them. */
export async function typesOf(client: RestClient, typed: Typed): Promise<readonly DescribedType[]> {
  const document = (await client.get('openapi.json')) as unknown as {
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  return typesIn(document.components.schemas, typed);
}

/** The types among the schemas of a description. */
export const typesIn = (schemas: Readonly<Record<string, Schema>>, typed: Typed): readonly DescribedType[] =>
  Object.entries(schemas)
    .filter(([, schema]) => schema['x-base'] === BASES[typed])
    .map(([name, schema]) => typeOf(name, schema, schemas, typed))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));

function typeOf(name: string, schema: Schema, schemas: Readonly<Record<string, Schema>>, typed: Typed): DescribedType {
  const [fresh = {}, changes = {}] = [schemas[`${name}.new`], schemas[`${name}.changes`]];
  const model = name.replace('.', '/');
  return {
    name: (model.split('/')[1] ?? '').replace(new RegExp(`${ENDINGS[typed]}$`), '').toLowerCase(),
    model,
    does: schema.description ?? '',
    fields: Object.entries(fresh.properties ?? {}).map(([field, described]) => ({
      ...fieldOf(field, described),
      required: fresh.required?.includes(field) === true,
      createOnly: changes.properties?.[field] === undefined,
    })),
    shown: Object.keys(schema.properties ?? {}).filter((field) => field !== '_links'),
  };
}

function fieldOf(name: string, schema: Schema): Omit<DescribedField, 'required' | 'createOnly'> {
  const type = [schema['type']].flat().find((one) => one !== 'null') as DescribedField['type'];
  const items = (schema['items'] ?? schema) as Schema;
  const of = /^Id of an? (\w+\/\w+)\.$/.exec(items.description ?? '')?.[1];
  const choices = (schema['enum'] as readonly unknown[] | undefined)?.filter((one) => typeof one === 'string');
  return {
    name,
    type,
    ...(of === undefined ? {} : { of }),
    ...(of === undefined && schema.description !== undefined ? { does: schema.description } : {}),
    ...(choices ? { choices } : {}),
    ...(schema['default'] === undefined ? {} : { initial: schema['default'] }),
  };
}
