export { SiteFilesModule } from './site-files.module.ts';
