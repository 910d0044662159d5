export { blueprintLayers } from './blueprint-layers.ts';
export type { BluePrintLayers } from './blueprint-layers.ts';
export { BlueprintModule } from './blueprint.module.ts';
export type { BluePrint, FoundationBluePrint, StructureBluePrint } from './blueprint.ts';
export { blueprints, blueprintsFrom } from './blueprints.ts';
export type { BluePrintRow } from './blueprints.ts';
export { comesFrom, isThereBluePrint } from './comes-from.ts';
export {
  allowedFoundationBluePrints,
  blueprintSecretNames,
  foundationBluePrintFor,
  structureBluePrintFor,
} from './find-blueprint.ts';
export { findScript } from './find-script.ts';
export type { FoundScript } from './find-script.ts';
export type { Pxe } from './pxe.ts';
export { pxeFor } from './find-pxe.ts';
export { pxes } from './pxes.ts';
export { SHIPPED_RESOURCES } from './resources/shipped-resources.ts';
export { requiresIdMap, templateFaults, validateIdMap, validationTemplateOf } from './validation-template.ts';
export { exportResources } from './resources/export-resources.ts';
export { declaresSecrets, loadContext } from './resources/load-context.ts';
export { loadResources } from './resources/load-resources.ts';
export { MAX_FAULTS } from './resources/resource-faults.ts';
export { MAX_CHARACTERS, MAX_OBJECTS, noteLines, placedText, readResourceTree } from './resources/resource-file.ts';
export type { Placed, ResourceFile } from './resources/resource-file.ts';
export { pathText, readToml } from './resources/toml-tree.ts';
export type { TomlNode, TomlTable } from './resources/toml-tree.ts';
export { NULL_KEY, writeKey, writeValue } from './resources/write-toml.ts';
export { LoadResources } from './resources/resource-file.commands.ts';
export type { LoadResult } from './resources/load-result.ts';
export { readResourceFile } from './resources/resource-file.ts';
export { scripts } from './scripts.ts';
export { ShippedResources } from './resources/shipped-resources.ts';
export type { ShippedFile } from './resources/shipped-resources.ts';
