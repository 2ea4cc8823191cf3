/** Plotly with the one kind of trace we use. Imported on demand only: it weighs more than the rest of the page. */
import './plotly-global'
import * as core from 'plotly.js/lib/core'
import * as scatter from 'plotly.js/lib/scatter'

core.register([scatter])

export const { react, purge } = core
