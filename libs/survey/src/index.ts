export { plot } from './plot/plot.ts';
export { SurveyModule } from './survey.module.ts';
export { CreatePlot } from './plot/plot.commands.ts';
