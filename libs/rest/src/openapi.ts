import type { Catalogue } from '#api';
import { HEADERS, PARAMETERS, RESPONSES, SECURITY_SCHEMES } from './openapi-parts.ts';
import { commonPaths, modelPaths } from './openapi-paths.ts';
import { COMMON, modelSchemas } from './openapi-schemas.ts';
import { PROBLEMS } from './problem.ts';
import { ROOT } from './paths.ts';

const DESCRIPTION = `Structures, foundations, blueprints, sites and jobs of a Contractor server.

Objects are shown with all their fields; references are ids, and \`_links\` leads to what they refer to. A change is all
or nothing, and is answered when it can be read. The past can be asked about with \`at\`. Errors are problems (RFC 9457).`;

/** The members of an object as JSON, each after a comma. */
const members = (object: object): string => {
  const text = JSON.stringify(object).slice(1, -1);
  return text === '' ? '' : `,${text}`;
};

/**
 * The description of the REST API in the words of OpenAPI 3.1, made from the declarations: its JSON in pieces, one for
 * each model at a time, so that who makes it can pause in between.
 * @param namespace the only one to be described; all of them if not given
 */
export function* openapiPieces(catalogue: Catalogue, namespace?: string): Generator<string> {
  const namespaces = catalogue.namespaces.filter(({ name }) => namespace === undefined || name === namespace);
  const models = namespaces.flatMap((one) => one.models);
  const head = {
    openapi: '3.1.0',
    info: { title: 'Contractor', version: '1.0', description: DESCRIPTION },
    servers: [{ url: ROOT.slice(0, -1) }],
    tags: namespaces.map(({ name }) => ({ name })),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"paths":${JSON.stringify(commonPaths(Object.keys(PROBLEMS))).slice(0, -1)}`;
  for (const model of models) yield members(modelPaths(model, catalogue));
  yield `},"components":{"schemas":${JSON.stringify(COMMON).slice(0, -1)}`;
  for (const model of models) yield members(modelSchemas(model, catalogue));
  const rest = { parameters: PARAMETERS, headers: HEADERS, responses: RESPONSES, securitySchemes: SECURITY_SCHEMES };
  yield `}${members(rest)}}}`;
}
