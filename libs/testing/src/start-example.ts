import type { ExampleFeature } from './example-module.ts';
import type { StartModulesOptions, TestModules } from './start-modules.ts';
import { startModules } from './start-modules.ts';

/** An example that runs without HTTP. */
export interface TestExample extends TestModules {
  /** Whether everybody who waits for the read models is told that they are late; they are up to date all the same. */
  late: boolean;
}

/** Starts an example on what a server has; resolves when it is up. */
export async function startExample(
  feature: ExampleFeature,
  options: Omit<StartModulesOptions, 'imports'> = {},
): Promise<TestExample> {
  const { exampleModule } = await import('./example-module.ts');
  const modules = await startModules({ ...options, imports: [exampleModule(feature)] });
  const example: TestExample = { ...modules, late: false };
  const { projector } = modules.reads;
  const caughtUp = projector.caughtUp.bind(projector);
  projector.caughtUp = async (position, timeoutMs) => (await caughtUp(position, timeoutMs)) && !example.late;
  return example;
}
