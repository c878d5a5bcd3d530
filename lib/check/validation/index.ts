export { isClaim } from './headers.ts';
export { validate, validatedKinds } from './object.ts';
export type { Said } from './said.ts';
