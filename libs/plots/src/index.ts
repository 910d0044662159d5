export { plotFor } from './find-plot.ts';
export { CreatePlot } from './plot.commands.ts';
export { plot } from './plot.ts';
export { PlotsModule } from './plots.module.ts';
