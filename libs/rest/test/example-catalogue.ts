import { Catalogue } from '#api';
import { MODELS, NAMESPACES } from './example-models.ts';

/** The models of the example as REST shows them. */
export const exampleCatalogue = (): Catalogue => new Catalogue(MODELS, [], NAMESPACES).forProtocol('rest');
