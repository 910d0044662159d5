import type { Catalogue, Field } from '#api';
import { formatAddress, parseAddress } from '#ipam';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat } from '#kernel';
import type { Key } from '#read-store';
import { keyOf, OBJECT_KINDS, referredKind } from './object-kinds.ts';
import { shownName } from './references.ts';
import type { Existing, SiteContents } from './site-contents.ts';
import { addressIn } from './site-contents.ts';

/** What showing an object by names takes. */
export interface Showing {
  readonly catalogue: Catalogue;
  readonly contents: SiteContents;
}

/** The values of an object by the keys of a file; what is not there, or as it is unless said otherwise, is left out. */
export async function shownObject(existing: Existing, showing: Showing): Promise<JsonMap> {
  const { kind, model, fields } = existing;
  const values: Record<string, Json> = {};
  const put = (key: string, value: Json) => {
    if (value !== null) values[key] = value;
  };
  if (kind === 'foundation' || (kind === 'complex' && fields['type'] !== 'Unknown'))
    put('type', fields['type'] as Json);
  if (kind === 'block') {
    put('subnet', `${String(fields['subnet'])}/${String(fields['prefix'])}`);
    if (fields['gateway_offset'] !== null) put('gateway', addressIn(fields, fields['gateway_offset']));
  }
  if (kind === 'address') Object.assign(values, await shownAddress(existing, showing));
  for (const [name, field] of Object.entries(model.fields)) {
    const key = keyOf(kind, name);
    if (field.mode === 'RO' || key === undefined || OBJECT_KINDS[kind].own.includes(key)) continue;
    const value = (fields[name] ?? null) as Json;
    if (!isDefault(value, field)) put(key, await shownValue(existing, field, value, showing));
  }
  if (kind === 'complex') {
    const members = await Promise.all(
      ((fields['members'] ?? []) as readonly Key[]).map((key) =>
        shownKey(existing, 'Building/Structure', key, showing),
      ),
    );
    if (members.length > 0) put('members', members);
  }
  const { state } = fields;
  if (OBJECT_KINDS[kind].own.includes('state') && state !== 'planned') put('state', state as Json);
  return values;
}

/** Whether a value is what an object has where nothing is said. */
function isDefault(value: Json, { default: usual = null, list }: Field): boolean {
  if (value === null || value === usual) return true;
  if (list) return (value as readonly Json[]).length === 0;
  return typeof value === 'object' && !IntegralFloat.is(value) && Object.keys(value).length === 0;
}

async function shownValue(of: Existing, { type, list }: Field, value: Json, showing: Showing): Promise<Json> {
  if (type.kind === 'Integer' && type.wide) return Number(value);
  if (type.kind !== 'Model') return value;
  if (!list) return shownKey(of, type.model, value as Key, showing);
  return Promise.all((value as readonly Key[]).map((key) => shownKey(of, type.model, key, showing)));
}

/** The name of what a reference leads to; its id where files know nothing of it. */
async function shownKey(of: Existing, model: string, key: Key, { catalogue, contents }: Showing): Promise<string> {
  const kind = referredKind(catalogue, model);
  if (kind === undefined) return String(key);
  if (kind === 'interface') return shownInterface(of, key, contents);
  const found =
    (await contents.byKey(kind, key)) ?? (kind === 'structure' ? await contents.byKey('host', key) : undefined);
  return found ? shownName(found, of.site) : String(key);
}

/** An interface of the foundation by its name; one of the structure too, unless the foundation has one of that name. */
async function shownInterface(of: Existing, key: Key, contents: SiteContents): Promise<string> {
  const real = await contents.byKey('interface', key);
  if (real) return real.own;
  const logical = await contents.byKey('logical', key);
  const structure = await contents.byKey('structure', of.fields['structure'] as Key);
  const locator = String(structure?.fields['foundation']);
  const own = logical?.own ?? String(key);
  return (await contents.find('interface', `${locator} ${own}`, of.site)) ? `structure/${own}` : own;
}

async function shownAddress({ fields, site }: Existing, { contents }: Showing): Promise<JsonMap> {
  const shown: Record<string, Json> = { interface: fields['interface_name'] as Json };
  const { address_block: key, offset, pointer } = fields;
  const block = typeof key === 'number' ? await contents.byKey('block', key) : undefined;
  if (block && offset !== null) {
    shown['ip'] = formatAddress(parseAddress(addressIn(block.fields, offset)));
    if (block.site !== site) shown['block'] = block.name;
  }
  const target = typeof pointer === 'number' ? await contents.byKey('address', pointer) : undefined;
  if (target) shown['pointer'] = target.site === site ? target.name.slice(site.length + 1) : target.name;
  return shown;
}
