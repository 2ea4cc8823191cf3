/** Which build of which browser this is: another one may compile kernels differently, and so change the last bits. */

/** For instance `Chromium 156.0.8078.73`; the whole user agent string where the browser says no more. */
export async function browserBuild(): Promise<string> {
  if (!('userAgentData' in navigator)) return navigator.userAgent
  const data = navigator.userAgentData as {
    getHighEntropyValues(hints: readonly string[]): Promise<{ fullVersionList?: { brand: string; version: string }[] }>
  }
  const { fullVersionList = [] } = await data.getHighEntropyValues(['fullVersionList'])
  const { brand, version } = fullVersionList.find(({ brand }) => brand === 'Chromium') ?? fullVersionList[0] ?? {}
  return brand ? `${brand} ${version}` : navigator.userAgent
}
