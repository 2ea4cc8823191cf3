/**
 * The engine worker behind a driver that compiles some kernels wrongly, with storage of its own: what it should do is told
 * by the worker's name, a {@link Breaking} as JSON.
 */
import './worker'

export interface Breaking {
  /** Folder of the origin private file system that stands for its root. */
  readonly storage: string
  /** In kernels whose text holds `where`, `from` becomes `to`. */
  readonly changes: readonly { readonly where: string; readonly from: string; readonly to: string }[]
}

const { storage, changes } = JSON.parse(self.name) as Breaking

const getDirectory = StorageManager.prototype.getDirectory
StorageManager.prototype.getDirectory = async function () {
  return (await getDirectory.call(this)).getDirectoryHandle(storage, { create: true })
}

const createShaderModule = GPUDevice.prototype.createShaderModule
GPUDevice.prototype.createShaderModule = function (descriptor) {
  let { code } = descriptor
  for (const { where, from, to } of changes) if (code.includes(where)) code = code.replaceAll(from, to)
  return createShaderModule.call(this, { ...descriptor, code })
}
