/** The schema library, set up before the first schema: otherwise it probes `Function`, which the page's policy reports. */
import { z } from 'zod'

z.config({ jitless: true })

export { z }
