/**
 * What the web UI has to know of the models of the API to draw lists, pages and forms for them, made of the OpenAPI document
 * and much smaller: one entry for each model, in the order of the document.
 */
export function describeModels({ paths, components }) {
  const models = new Map();
  const model = (path) => {
    if (!models.has(path)) models.set(path, { path, fields: {}, can: {}, filters: {}, actions: {} });
    return models.get(path);
  };
  for (const [name, schema] of Object.entries(components.schemas)) {
    if (!/^\w+\.\w+$/.test(name) || name.endsWith('.new') || name.endsWith('.changes') || name.endsWith('.page'))
      continue;
    const path = name.replace('.', '/');
    const made = components.schemas[`${name}.new`];
    const changed = components.schemas[`${name}.changes`];
    const known = model(path);
    if (schema.description) known.doc = schema.description;
    if (schema['x-base']) known.base = schema['x-base'];
    if (schema['x-id']) known.id = schema['x-id'];
    if (schema['x-kind']) known.kind = schema['x-kind'];
    for (const [field, declared] of Object.entries(schema.properties)) {
      if (field === '_links') continue;
      const forNew = made?.properties?.[field];
      known.fields[field] = {
        ...valueOf(forNew ?? declared),
        ...(forNew ? { create: made.required?.includes(field) ? 'required' : 'optional' } : {}),
        ...(changed?.properties?.[field] ? { change: true } : {}),
      };
    }
  }
  for (const [path, item] of Object.entries(paths)) {
    const [, namespace, noun, third, fourth, ...rest] = path.split('/');
    if (namespace === 'diff' || namespace === 'problems' || !noun || rest.length > 0) continue;
    const known = `${namespace}/${noun}`;
    if (!third) {
      if (!item.get?.operationId?.startsWith('list_') && !item.post?.operationId?.startsWith('create_')) continue;
      if (item.get) Object.assign(model(known), { filters: filtersOf(item.get.parameters) });
      note(model(known).can, { list: item.get, create: item.post });
    } else if (third === '{id}' && !fourth)
      note(model(known).can, { show: item.get, change: item.patch, delete: item.delete });
    else if (third === '{id}' && fourth === 'history' && item.get) note(model(known).can, { history: item.get });
    const action = third === '{id}' ? fourth : third;
    if (action && item.post?.operationId?.startsWith('call_')) {
      model(known).actions[action] = actionOf(item.post, third !== '{id}', components);
    }
  }
  return [...models.values()];
}

function note(can, operations) {
  for (const [name, operation] of Object.entries(operations)) if (operation) can[name] = operation['x-permission'];
}

function actionOf(operation, ofModel) {
  const schema = operation.requestBody?.content['application/json'].schema;
  const answer = operation.responses[200]?.content?.['application/json'].schema.properties?.value;
  return {
    ...(ofModel ? { static: true } : {}),
    ...(operation['x-query'] ? { query: true } : {}),
    ...(operation.parameters?.some(({ $ref }) => $ref === '#/components/parameters/At') ? { asOf: true } : {}),
    ...(operation.parameters?.some(({ $ref }) => $ref === '#/components/parameters/Preview') ? { preview: true } : {}),
    permission: operation['x-permission'],
    doc:
      operation.description?.replace(/\n*(?:Needs (?:the permission|a session)|Open to anybody)[^\n]*$/, '') ||
      undefined,
    parameters: Object.fromEntries(
      Object.entries(schema?.properties ?? {}).map(([name, declared]) => [
        name,
        {
          ...valueOf(declared),
          ...(schema.required?.includes(name) ? { create: 'required' } : { create: 'optional' }),
        },
      ]),
    ),
    ...(answer ? { returns: valueOf(answer) } : {}),
  };
}

/** A list takes one filter by its name; its parameters say for which filters they are. */
function filtersOf(parameters = []) {
  const names = parameters.find(({ name }) => name === 'filter')?.schema.enum ?? [];
  const filters = Object.fromEntries(names.map((name) => [name, {}]));
  for (const { name, description = '', schema } of parameters) {
    if (!description.startsWith('For the filter')) continue;
    for (const [, filter] of description.matchAll(/`(\w+)`/g)) {
      if (filters[filter]) filters[filter][name] = valueOf(schema.anyOf?.[0] ?? schema);
    }
  }
  return filters;
}

/** A value in the few words that matter to a page. */
function valueOf(schema) {
  const list = schema.type === 'array';
  const one = list ? (schema.items ?? {}) : schema;
  const types = [one.type].flat().filter((type) => type && type !== 'null');
  const reference = one['x-model'];
  const doc = schema.description?.startsWith('Id of a ') ? undefined : schema.description;
  return {
    type: reference ? 'reference' : one.format === 'date-time' ? 'time' : typeOf(types),
    ...(reference ? { model: reference, ...(types[0] === 'integer' ? { numeric: true } : {}) } : {}),
    ...(list ? { list: true } : {}),
    ...([schema.type].flat().includes('null') ? { nullable: true } : {}),
    ...(one.enum ? { choices: one.enum.filter((choice) => choice !== null) } : {}),
    ...(one.examples ? { suggestions: one.examples } : {}),
    ...(one.maxLength ? { max: one.maxLength } : {}),
    ...(doc ? { doc } : {}),
    ...(schema.default === undefined || schema.default === null ? {} : { default: schema.default }),
  };
}

function typeOf(types) {
  if (types.includes('integer')) return 'integer';
  if (types.includes('number')) return 'number';
  if (types.includes('boolean')) return 'boolean';
  return types.includes('object') ? 'map' : types.includes('string') ? 'string' : 'map';
}
