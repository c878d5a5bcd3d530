type N = `${number}`;
type Seconds = `${N}s` | `${N}s${N}ms`;
type Minutes = `${N}m` | `${N}m${Seconds}` | `${N}m${N}ms`;
type Hours = `${N}h` | `${N}h${Minutes}` | `${N}h${Seconds}` | `${N}h${N}ms`;

declare const checked: unique symbol;

/**
 * A duration as Go writes it: `5s`, `100ms`, `1h30m`. Text that is known only at run time goes through {@link duration}.
 *
 * Source: https://pkg.go.dev/time#ParseDuration
 */
export type GoDuration = Hours | Minutes | Seconds | `${N}ms` | `${N}us` | `${N}ns` | CheckedDuration;

/** Text that {@link duration} has read. */
export type CheckedDuration = string & { readonly [checked]: 'a Go duration' };
