export { plotFor } from './find-plot.ts';
export { plot } from './plot.ts';
export { plots } from './plots.ts';
export { SurveyModule } from './survey.module.ts';
export { CreatePlot } from './plot.commands.ts';
