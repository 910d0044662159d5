export { SurveyModule } from './survey.module.ts';
