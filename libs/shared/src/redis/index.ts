export * from './redis-connection.ts';
export * from './redis-seen.ts';
