// `npx tsx examples/shop/synth.ts` writes the YAML of the shop to examples/shop/dist.
import { join } from 'node:path';
import { MeshApp } from 'meshwright';
import { shop } from './chart.ts';

const app = new MeshApp({ name: 'shop', outdir: process.env.CDK8S_OUTDIR ?? join(import.meta.dirname, 'dist') });
shop(app);
app.synth();
