/** Which program this is: the package's version and the commit it was built from, as far as the build could tell. */
declare const __CODE_VERSION__: string

export const codeVersion = __CODE_VERSION__
