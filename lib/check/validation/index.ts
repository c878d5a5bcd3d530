export { validate, validatedKinds } from './object.ts';
export type { Said } from './said.ts';
