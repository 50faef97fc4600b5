export * from './call-subjects.ts';
export * from './canonical-json.ts';
export * from './cloud-events.ts';
export * from './trace-carrier.ts';
