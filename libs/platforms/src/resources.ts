/** The resource files of the platforms: blueprints for their foundations, and what goes with them. */
export const platformResources: readonly URL[] = [
  new URL('./docker/resources/docker.toml', import.meta.url),
  new URL('./manual/resources/manual.toml', import.meta.url),
  new URL('./test/resources/test.toml', import.meta.url),
];
