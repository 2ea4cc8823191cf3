/** How tokens become an embedding: which ways a network allows, and what to say where none is chosen. */
import { type Modality, type Pooling, poolings } from './mvit'
import type { Settings } from './notebook'

/** `cls` needs a CLS token, `norm-mean` has no rule for one (`spec/pretraining.md` section 5). */
export const allowedPoolings = (clsToken: boolean): readonly Pooling[] =>
  poolings.filter((pooling) => pooling !== (clsToken ? 'norm-mean' : 'cls'))

/** The chosen pooling of one modality. @throws when none is chosen or it does not fit, naming those that do. */
export function chosenPooling(modality: Modality, settings: Settings, clsToken: boolean): Pooling {
  const key = `${modality}Pooling`
  const value = settings[key]
  const allowed = allowedPoolings(clsToken)
  const chosen = allowed.find((pooling) => pooling === value)
  if (chosen) return chosen
  const remedy = `Set ${key} to ${allowed.join(' or ')}.`
  if (value === '' || value === undefined || value === null)
    throw new Error(
      `How the ${modality} network’s tokens become an embedding is not chosen, and the shapes of weights do not tell. ${remedy}`,
    )
  throw new Error(
    `The ${modality} network has ${clsToken ? 'a' : 'no'} CLS token, so its embedding cannot be "${value}". ${remedy}`,
  )
}
