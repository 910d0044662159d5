/** Where objects are created, by the path of their model: a client of the API. */
interface Creating {
  create(model: string, values: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/**
 * Makes a foundation of the type `Manual` with a blueprint and a script for its slot `create`, all of one name.
 * @param site its name; it has to be there
 * @param script text of the script
 * @returns URI of the foundation, by its base model
 */
export async function manualFoundation(client: Creating, site: string, name: string, script: string): Promise<string> {
  await client.create('/api/v1/BluePrint/Script', { name, description: 'x', script });
  const blueprint = { name, description: 'x', foundation_type_list: ['Manual'] };
  await client.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: `/api/v1/BluePrint/BluePrint:${name}:`,
    script: `/api/v1/BluePrint/Script:${name}:`,
    name: 'create',
  });
  await client.create('/api/v1/Manual/ManualFoundation', {
    site: `/api/v1/Site/Site:${site}:`,
    locator: name,
    blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:`,
  });
  return `/api/v1/Building/Foundation:${name}:`;
}
