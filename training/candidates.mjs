/**
 * Step 1: every emoji that could become a concept, with its words and where each pack draws it,
 * and a 64-pixel sprite of it in each trained style (to measure how distinct it looks).
 *
 * Writes run/candidates.json, run/candidates.rgba and run/candidates.index.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { HELD_OUT_STYLE, STYLES, TRAINED_STYLES, iconName, loadPack, readModuleJson } from './packs.mjs'
import { inPairs, renderIcon } from './render.mjs'

const MIN_TRAINED_STYLES = 4
const PIXELS = 64

const emojis = readModuleJson('emojibase-data/en/data.json')
const { groups, subgroups } = readModuleJson('emojibase-data/meta/groups.json')
const library = readModuleJson('emojilib/dist/emoji-en-US.json')
const byEmoji = readModuleJson('unicode-emoji-json/data-by-emoji.json')
const shortcodes = ['github', 'emojibase', 'iamcal', 'joypixels'].map((set) =>
  readModuleJson(`emojibase-data/en/shortcodes/${set}.json`),
)
const packs = Object.fromEntries(STYLES.map((style) => [style, loadPack(style)]))

/** Every name an icon of this emoji might go by. */
function namesOf(emoji) {
  const unicode = byEmoji[emoji.emoji] ?? byEmoji[emoji.emoji.replace(/\uFE0F/g, '')]
  return [emoji.label, ...(unicode ? [unicode.name] : []), ...shortcodes.flatMap((set) => set[emoji.hexcode] ?? [])]
}

/** Why an emoji cannot be a concept that a viewer names at sight, or null. */
function whyNot(emoji, group, subgroup) {
  if (group === undefined || ['component', 'flags', 'symbols'].includes(group)) return 'not a thing'
  if (['keycap', 'alphanum', 'family', 'person-symbol', 'person-gesture'].includes(subgroup)) return 'variants of one thing'
  if (/[\u2640\u2642]/.test(emoji.emoji)) return 'gender variant'
  if (/\u200D/.test(emoji.emoji) && group === 'people-body') return 'gender or skin variant'
  if (/facing right| hair$|-thirty|o’clock|^woman |^man |^men |^women |couple|^kiss$/.test(emoji.label)) return 'variant'
  return null
}

const dropped = {}
const candidates = []
for (const emoji of emojis) {
  const group = groups[emoji.group]
  const subgroup = subgroups[emoji.subgroup]
  const icons = {}
  for (const style of STYLES) {
    const name = iconName(packs[style], emoji.hexcode, namesOf(emoji))
    if (name) icons[style] = name
  }
  const trained = TRAINED_STYLES.filter((style) => icons[style]).length
  const reason =
    whyNot(emoji, group, subgroup) ??
    (trained < MIN_TRAINED_STYLES || !icons[HELD_OUT_STYLE] ? 'in too few packs' : null)
  if (reason) {
    dropped[reason] = (dropped[reason] ?? 0) + 1
    continue
  }
  const words = [...(emoji.tags ?? []), ...(library[emoji.emoji] ?? []).map((word) => word.replaceAll('_', ' '))]
  candidates.push({ emoji: emoji.emoji, label: emoji.label.toLowerCase(), group, subgroup, words: [...new Set(words)], icons })
}

mkdirSync('run', { recursive: true })
const jobs = candidates.flatMap((candidate, concept) =>
  TRAINED_STYLES.filter((style) => candidate.icons[style]).map((style) => ({ concept, style, name: candidate.icons[style] })),
)
const sprites = await inPairs(jobs, ({ style, name }) => renderIcon(packs[style], name, PIXELS))
const kept = jobs.map((job, k) => [job, sprites[k]]).filter(([, bytes]) => bytes)

writeFileSync('run/candidates.json', JSON.stringify(candidates, null, 1))
writeFileSync('run/candidates.rgba', Buffer.concat(kept.map(([, bytes]) => bytes)))
writeFileSync('run/candidates.index.json', JSON.stringify(kept.map(([job]) => [job.concept, job.style])))
console.log({ dropped, candidates: candidates.length, sprites: kept.length, empty: jobs.length - kept.length })
