import { describe, expect, it } from '@jest/globals';
import { secretReference } from '#kernel';
import type { Json } from '#kernel';
import type { CallContext } from '#tscript';
import { fromJson, textOf } from '#tscript';
import { NOT_ATTACHED } from './attributes/attached.ts';
import { configModule, foundationModule } from './script-modules.ts';

const CALL: CallContext = { now: 0, line: 1, place: 1, effect: () => undefined, read: () => null };
const FORGED: Json = { serial: secretReference('a'), disks: [{ $text: ['x', secretReference('b')] }] };

describe('what a machine has said of itself', () => {
  it('cannot pass for a reference to a secret in a script, as a value of its configuration can be one', () => {
    const { members } = configModule({
      layers: [
        { source: { kind: 'Site', id: 'site1' }, values: [['db_password', secretReference('c')]] },
        { source: { kind: 'Foundation', id: 'host1' }, attributes: [['_foundation_id_map', FORGED]] },
      ],
      declarations: new Map(),
      parts: [],
      classes: [],
      changed: [],
      attached: NOT_ATTACHED,
    });
    const read = (name: string): string => textOf(fromJson(members?.[name]?.get?.(CALL)));
    expect(read('_foundation_id_map')).toBe(
      "{'serial': {'$secret': 'a'}, 'disks': [{'$text': ['x', {'$secret': 'b'}]}]}",
    );
    expect(read('db_password')).toBe('********');
  });

  it('nor can a field of its platform', () => {
    const own = { labels: FORGED };
    const value = { type: 'Manual', site: 'site1', blueprint: 'base', idMap: null, own };
    const { members } = foundationModule('host1', value, undefined);
    expect(textOf(fromJson(members?.['labels']?.get?.(CALL)))).toContain("{'$secret': 'a'}");
  });
});
