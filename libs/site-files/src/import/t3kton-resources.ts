import type { CinpExport } from './cinp-export.ts';
import { filled, idOf, idsOf, text } from './cinp-export.ts';
import type { Table } from './converted.ts';
import { put, tableAt } from './converted.ts';

/** Puts the scripts, blueprints with their links, and PXEs of an export into a site file. */
export function convertResources(source: CinpExport, document: Table): void {
  for (const [name, { description, script }] of source.of('BluePrint/Script')) {
    Object.assign(tableAt(document, 'script', name), { description, script });
  }
  for (const [name, one] of source.of('BluePrint/FoundationBluePrint')) {
    const table = tableAt(document, 'foundation', name);
    put(table, {
      description: one['description'],
      parents: filled(idsOf(one['parent_list'])),
      foundation_types: filled(one['foundation_type_list']),
      physical_interface_names: filled(one['physical_interface_names']),
      template: filled(one['validation_template']),
    });
    table['config_values'] = one['config_values'] ?? {};
  }
  for (const [name, one] of source.of('BluePrint/StructureBluePrint')) {
    const table = tableAt(document, 'structure', name);
    put(table, {
      description: one['description'],
      parents: filled(idsOf(one['parent_list'])),
      foundation_blueprints: filled(idsOf(one['foundation_blueprint_list'])),
    });
    table['config_values'] = one['config_values'] ?? {};
  }
  for (const [, link] of source.of('BluePrint/BluePrintScript')) {
    const blueprint = idOf(link['blueprint']) ?? '';
    const kind = source.get('BluePrint/FoundationBluePrint', blueprint) ? 'foundation' : 'structure';
    tableAt(document, kind, blueprint, 'scripts')[text(link['name'])] = idOf(link['script']) ?? '';
  }
  for (const [name, one] of source.of('BluePrint/PXE')) {
    Object.assign(tableAt(document, 'pxe', name), {
      boot_script: one['boot_script'],
      template: one['template'],
    });
  }
}
