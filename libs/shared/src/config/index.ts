export * from './door-fields.ts';
export * from './fields.ts';
export * from './load-config.ts';
export * from './secret-file.ts';
