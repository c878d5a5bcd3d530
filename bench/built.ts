// What users run: the compiled package, which `npm run bench` builds first. Its types are those of the source.
import type * as auditRoom from '../lib/audit/index.ts';
import type * as checkRoom from '../lib/check/index.ts';
import type * as meshRoom from '../lib/mesh/index.ts';
import type * as simulateRoom from '../lib/simulate/index.ts';

const build = new URL('../build/lib/', import.meta.url);

export const { audit } = await import(new URL('audit/index.js', build).href) as typeof auditRoom;
export const { check, recheck } = await import(new URL('check/index.js', build).href) as typeof checkRoom;
export type Mesh = meshRoom.Mesh;
export const { Mesh, readManifests } = await import(new URL('mesh/index.js', build).href) as typeof meshRoom;
export const { simulate } = await import(new URL('simulate/index.js', build).href) as typeof simulateRoom;
