declare const refused: unique symbol;

/** The type of a field that cannot be set beside another: no value has it, and its name says why in the compiler's message. */
export interface OnlyOneOf<Fields extends string> {
  readonly [refused]: Fields;
}

/** The type of a field that cannot be set when an enum has a certain value: no value has it. */
export interface NotWith<Value extends string> {
  readonly [refused]: Value;
}
