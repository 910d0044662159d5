export { plotFor } from './find-plot.ts';
export { plot } from './plot.ts';
export { SurveyModule } from './survey.module.ts';
export { CreatePlot } from './plot.commands.ts';
