/** A dependency of plotly looks for Node's name of the global scope; must be imported before it. */
Object.assign(globalThis, { global: globalThis })
