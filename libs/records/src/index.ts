export { recordsRoom } from './records.module.ts';
