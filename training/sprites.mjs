/**
 * Step 3: every concept in every style it is drawn in, as 192-pixel RGBA sprites (straight alpha).
 *
 * Writes run/sprites.rgba and run/sprites.index.json, a list of [concept, style] in the same order.
 */
import { readFileSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs'
import { STYLES, loadPack } from './packs.mjs'
import { inPairs, renderIcon } from './render.mjs'

const PIXELS = 192
const concepts = JSON.parse(readFileSync(new URL('concepts.json', import.meta.url), 'utf8'))
const out = openSync('run/sprites.rgba', 'w')
const index = []
for (const style of STYLES) {
  const pack = loadPack(style)
  const jobs = concepts.map((concept, k) => [k, concept.icons[style]]).filter(([, name]) => name)
  const sprites = await inPairs(jobs, ([, name]) => renderIcon(pack, name, PIXELS))
  jobs.forEach(([concept], k) => {
    if (!sprites[k]) return
    writeSync(out, sprites[k])
    index.push([concept, style])
  })
  console.log(style, jobs.length)
}
closeSync(out)
writeFileSync('run/sprites.index.json', JSON.stringify(index))
