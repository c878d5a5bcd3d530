// Loaded before each test file: without it every run of `npm test` would draw other values.
import fc from 'fast-check';

const asked = process.env.MESHWRIGHT_SEED ?? '1';
if (asked !== 'random') {
  const seed = Number(asked);
  if (asked.trim() === '' || !Number.isInteger(seed)) throw new Error(`MESHWRIGHT_SEED must be a whole number or the word random, got ${JSON.stringify(asked)}`);
  fc.configureGlobal({ seed });
}
