export * from './call-subjects.ts';
export * from './canonical-json.ts';
export * from './trace-carrier.ts';
