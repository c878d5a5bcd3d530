export * from './constructs/index.ts';
export * from './synth/index.ts';
