import { byReference, dateTime, defineModel, integer, numberReference, reference } from '#api';
import {
  ChangeComplexStructure,
  CreateComplexStructure,
  DeleteComplexStructure,
} from './complex-structure.commands.ts';
import { complexStructures } from './complex-structures.ts';

export const complexStructureFields = {
  complex: reference('Building/Complex', { required: true }),
  structure: numberReference('Building/Structure', { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
};

/** Which structure is a member of which complex. */
export const complexStructureModel = defineModel({
  path: 'Building/ComplexStructure',
  doc: 'Makes a structure a member of a complex; it is in one at most.',
  idField: 'id',
  fields: complexStructureFields,
  rows: complexStructures,
  sites: { index: 'complex', of: 'Building/Complex' },
  present: (row, id) => ({ ...row, id }),
  create: (values) => new CreateComplexStructure(values),
  update: (id, values) => new ChangeComplexStructure(id, values),
  deletion: { command: (ids) => new DeleteComplexStructure(ids) },
  filters: { complex: byReference('complex', 'Building/Complex') },
});
