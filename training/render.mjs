/** Renders icons to square RGBA bytes, a few at a time. */
import sharp from 'sharp'
import { iconSvg } from './packs.mjs'

sharp.concurrency(1)
sharp.cache(false)

/** One icon as `pixels * pixels * 4` bytes (straight alpha), or null when it comes out empty. */
export async function renderIcon(pack, name, pixels) {
  const svg = Buffer.from(iconSvg(pack, name, pixels))
  const bytes = await sharp(svg, { unlimited: true })
    .resize(pixels, pixels, { fit: 'fill' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer()
  if (bytes.length !== pixels * pixels * 4) throw new Error(`${pack.style}/${name}: ${bytes.length} bytes`)
  let opaque = 0
  for (let k = 3; k < bytes.length; k += 4) if (bytes[k] > 127) opaque++
  return opaque < bytes.length / 4 / 64 ? null : bytes
}

/** Runs `work` over `items` with two in flight, keeping the order of results. */
export async function inPairs(items, work) {
  const results = new Array(items.length)
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index])
    }
  }
  await Promise.all([lane(), lane()])
  return results
}
