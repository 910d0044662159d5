export { PreviewModule } from './preview.module.ts';
export { previewSettings } from './preview.settings.ts';
export type { ToldOf } from './preview-report.ts';
export { WOULD_DELIVER } from './previews.ts';
