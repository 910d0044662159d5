export { ConfigDocuments } from './config-documents.ts';
export type { ConfigDocumentsOptions } from './config-documents.ts';
export { ImageDownloads } from './image-downloads.ts';
export { DocumentsModule } from './documents.module.ts';
