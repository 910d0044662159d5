import type { Catalogue } from '#api';
import { HEADERS, PARAMETERS, RESPONSES, SECURITY_SCHEMES } from './openapi-parts.ts';
import { commonPaths, modelPaths } from './openapi-paths.ts';
import { COMMON, modelSchemas } from './openapi-schemas.ts';
import { PROBLEMS } from './problem.ts';
import { ROOT } from './paths.ts';

const DESCRIPTION = `Structures, foundations, blueprints, sites and jobs of a Contractor server.

Objects are shown with all their fields; references are ids, and \`_links\` leads to what they refer to. A change is all
or nothing, and is answered when it can be read. The past can be asked about with \`at\`. Errors are problems (RFC 9457).`;

/** The description of the face in the words of OpenAPI 3.1, made from the declarations. */
export const openapi = (catalogue: Catalogue): Readonly<Record<string, unknown>> => ({
  openapi: '3.1.0',
  info: { title: 'Contractor', version: '1.0', description: DESCRIPTION },
  servers: [{ url: ROOT.slice(0, -1) }],
  tags: catalogue.namespaces.map(({ name }) => ({ name })),
  paths: Object.assign(
    commonPaths(Object.keys(PROBLEMS)),
    ...catalogue.models.map((model) => modelPaths(model, catalogue)),
  ) as unknown,
  components: {
    schemas: Object.assign({}, COMMON, ...catalogue.models.map((model) => modelSchemas(model, catalogue))) as unknown,
    parameters: PARAMETERS,
    headers: HEADERS,
    responses: RESPONSES,
    securitySchemes: SECURITY_SCHEMES,
  },
});
