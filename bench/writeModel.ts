/** Writes a random ViT-B/32 to a file, in a process of its own, so that its making is not in anyone's memory peak. */
import { writeFileSync } from 'node:fs';
import { randomCheckpoint, VIT_B_32 } from '../test/support/randomClip.ts';

writeFileSync(process.argv[2]!, randomCheckpoint(VIT_B_32, 1));
