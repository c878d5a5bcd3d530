/** A request that makes no sense in this mesh: one sentence that says what, and the nearest known names. */
export class BadRequest extends Error {
  readonly code = 'ERR_BAD_REQUEST';
}
