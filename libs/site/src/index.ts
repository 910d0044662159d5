export { isWithin, siteFor, siteSecretNames } from './find-site.ts';
export { siteLayers } from './site-layers.ts';
export type { SiteLayers } from './site-layers.ts';
export { SiteModule } from './site.module.ts';
export { site } from './site.ts';
export type { Site } from './site.ts';
export { sites, sitesWithin } from './sites.ts';
export type { SiteRow } from './sites.ts';
export { CreateSite } from './site.commands.ts';
