/** Which program this is: the package's version and the commit it was built from, as far as the build could tell. */
export const codeVersion = String(import.meta.env.VITE_CODE_VERSION)
