/** A picture of a title, or its empty place. */
import { useObjectUrl } from './use-object-url'

export function Still({ image }: { image: Blob | null }) {
  const url = useObjectUrl(image)
  return url ? <img className="still" src={url} alt="" /> : <span className="still" />
}
