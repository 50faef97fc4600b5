export * from './lifecycle.ts';
export * from './run-service.ts';
