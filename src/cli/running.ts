/* What running a guest takes, apart from the command line: loaded once that has been understood. */
export { formatSummary, TraceSummary } from '../abi/trace-summary.js'
export { formatFigures } from '../figures/table.js'
export { startWithSockets } from '../host/run.js'
