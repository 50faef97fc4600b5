export * from './fields.ts';
export * from './load-config.ts';
