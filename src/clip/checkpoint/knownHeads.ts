/**
 * Widths of OpenCLIP's image towers whose heads are not 64 wide: ViT-H-14 (80), ViT-g-14 (88) and
 * ViT-bigG-14 (104). Their weights have the same shapes with any number of heads.
 */
const VISION_HEADS: ReadonlyMap<number, number> = new Map([
  [1280, 16],
  [1408, 16],
  [1664, 16],
]);

/** Heads of a tower of this width where nothing states them; not whole when none of the known models has it. */
export function knownHeads(tower: 'vision' | 'text', width: number): number {
  return (tower === 'vision' ? VISION_HEADS.get(width) : undefined) ?? width / 64;
}
