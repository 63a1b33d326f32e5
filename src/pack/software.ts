/** What a pack written in a browser says made it: package.json's name and version, held to it by a test. */
export const SOFTWARE = { name: 'neuronlens', version: '0.1.0' } as const;
