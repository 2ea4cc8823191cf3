/** What people call the families of kernel variants. */
const titles: Readonly<Record<string, string>> = { matmul: 'Matrix products', attention: 'Attention' }

export const familyTitle = (family: string): string => titles[family] ?? family
