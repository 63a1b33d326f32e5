import { describe, expect, it } from 'vitest';
import { cameraTrouble } from '../../../src/ui/image/cameraTrouble.ts';

describe('a camera that does not come', () => {
  it.each([
    ['NotAllowedError', /Allow it/],
    ['NotFoundError', /No camera was found/],
    ['NotReadableError', /another program/],
    ['SomethingNew', /Choose a picture file/],
  ])('%s says what to do', (name, sentence) => {
    expect(cameraTrouble(new DOMException('', name))).toMatch(sentence);
  });

  it('is told of in a sentence, whatever was thrown', () => {
    expect(cameraTrouble(undefined)).toMatch(/gave no camera/);
  });
});
