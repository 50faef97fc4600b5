export * from './json-object.ts';
