export { PreviewModule } from './preview.module.ts';
export { previewSettings } from './preview.settings.ts';
