/**
 * The icon packs that the world is drawn from, and how one emoji is found in each.
 *
 * Six packs are drawn from for training; `twemoji` is the held-out style: it is used to measure
 * how far the model generalises, never to train it nor to choose anything but "it exists".
 */
import { readFileSync } from 'node:fs'

export const TRAINED_STYLES = ['noto', 'noto-v1', 'fluent-emoji', 'fluent-emoji-flat', 'fxemoji', 'emojione']
export const HELD_OUT_STYLE = 'twemoji'
export const STYLES = [...TRAINED_STYLES, HELD_OUT_STYLE]

export const readModuleJson = (path) =>
  JSON.parse(readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8'))

/** Loads one pack: its icons and, where it has one, its table from code points to icon names. */
export function loadPack(style) {
  const data = readModuleJson(`@iconify-json/${style}/icons.json`)
  const table = readModuleJson(`@iconify-json/${style}/chars.json`)
  const byHexcode = new Map(Object.entries(table).map(([hex, name]) => [plainHexcode(hex), name]))
  return { style, data, byHexcode }
}

/** `1F415-200D-1F9BA` without the variation selector, so that packs can be compared. */
export const plainHexcode = (hex) => hex.toUpperCase().replace(/-FE0F/g, '')

/** `Dog’s Face!` as the packs would spell it in an icon name: `dogs-face`. */
export const slug = (words) =>
  words
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f’'“”"!:,.()]/g, '')
    .replace(/&/g, 'and')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/**
 * The name under which a pack draws an emoji, or null: by its code points, else by one of `names`
 * (fxemoji writes names without separators). Aliases that turn or mirror are not followed.
 */
export function iconName(pack, hexcode, names) {
  const spellings = names.map(slug)
  if (pack.style === 'fxemoji') spellings.push(...spellings.map((name) => name.replaceAll('-', '')))
  for (const name of [pack.byHexcode.get(plainHexcode(hexcode)), ...spellings]) {
    const found = followAlias(pack, name)
    if (found) return found
  }
  return null
}

function followAlias(pack, name) {
  while (name && !pack.data.icons[name]) {
    const alias = pack.data.aliases?.[name]
    if (!alias || alias.rotate || alias.hFlip || alias.vFlip) return null
    name = alias.parent
  }
  return name ?? null
}

/** A stand-alone square SVG of one icon. */
export function iconSvg(pack, name, pixels) {
  const icon = pack.data.icons[name]
  const width = icon.width ?? pack.data.width ?? 16
  const height = icon.height ?? pack.data.height ?? 16
  const box = `${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${box}" ` +
    `width="${pixels}" height="${pixels}" preserveAspectRatio="xMidYMid meet">${icon.body}</svg>`
  )
}
