import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';

/** One arm of an alternative: which fields it needs, which it rules out, and which values an enum takes in it. */
export interface Arm {
  readonly needs?: readonly string[];
  readonly excludes?: readonly string[];
  readonly is?: Readonly<Record<string, readonly string[]>>;
}

/** Arms that exclude each other, the commonest last. */
export interface Alternative {
  readonly source: string;
  /** The field that tells the arms apart: each arm then rules out what only the others need. */
  readonly by?: string;
  readonly arms: Readonly<Record<string, Arm>>;
}

/** What imports/overlay.yaml says of one shape. */
export interface ShapeOverlay {
  readonly at: string | readonly string[];
  readonly anchor?: string;
  readonly requires?: readonly string[];
  readonly source?: string;
  readonly commonest?: string;
  readonly unset?: string;
  readonly alternatives?: readonly Alternative[];
}

/** What imports/overlay.yaml says of one kind. */
export interface KindOverlay {
  readonly page?: string;
  readonly requires?: readonly string[];
  readonly source?: string;
}

/** What imports/overlay.yaml says of one API group. */
export interface GroupOverlay {
  readonly reference: string;
  readonly kinds?: Readonly<Record<string, KindOverlay>>;
  readonly shapes?: Readonly<Record<string, ShapeOverlay>>;
}

/** A module of shapes that several groups use. */
export interface SharedOverlay extends GroupOverlay {
  readonly for: readonly string[];
  readonly page: string;
}

/** imports/overlay.yaml: names and tightenings, by hand. */
export interface Overlay {
  readonly shared: Readonly<Record<string, SharedOverlay>>;
  readonly groups: Readonly<Record<string, GroupOverlay>>;
}

/** Reads imports/overlay.yaml. */
export async function readOverlay(path: string): Promise<Overlay> {
  return load(await readFile(path, 'utf8')) as Overlay;
}

/** The places where a shape stands. */
export function places(shape: ShapeOverlay): readonly string[] {
  return typeof shape.at === 'string' ? [shape.at] : shape.at;
}
