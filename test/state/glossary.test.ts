import { expect, it } from 'vitest';
import { GLOSSARY } from '../../src/state/glossary.ts';

it('the glossary explains in whole sentences', () => {
  for (const entry of Object.values(GLOSSARY)) {
    expect(entry.sentence).toMatch(/^[A-Z].*[.]$/);
    expect(entry.term).not.toBe('');
  }
});
